// Files that the browser makes of what is shown.

/** A cell that a spreadsheet would take for a formula, or strip of what it begins with. */
const FORMULA = /^[\s]*[=+\-@\t\r]/;

/**
 * Rows as CSV by RFC 4180, with the mark by which spreadsheets know UTF-8. Numbers are written as
 * they are; text that a spreadsheet would calculate gets an apostrophe in front; null is empty.
 */
export function csv(rows) {
  return `\uFEFF${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Save text as a file called `name`. */
export function saveText(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  saveUrl(name, url);
  // The download has begun by then, and holds what it needs.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Save what a data: or blob: URL holds. */
export function saveUrl(name, url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

/** A name for a file out of what it is about: `named("alignment", "en-fr", "P@1")`. */
export const named = (...parts) =>
  parts
    .filter(Boolean)
    .join("-")
    .replace(/[^\p{L}\p{M}\p{N}.]+/gu, "-")
    .replace(/^-+|-+$/g, "");
