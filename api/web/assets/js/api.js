// Requests to the service, and what can go wrong with them.

const PATIENCE = 60_000;
const TRIES = 3;

/** What the service said instead of an answer, or that nothing came. */
export class Failure extends Error {
  /** `kind`: `down` (nobody answers), `slow` (not in time) or `refused` (a problem of the service). */
  constructor(kind, { status = 0, title = "", detail = "", type = "" } = {}) {
    super(detail || title || kind);
    Object.assign(this, { kind, status, title, detail, type });
  }
}

/** The write key of this tab, if one was given. */
export const key = {
  get: () => sessionStorage.getItem("key") ?? "",
  set: (value) => (value ? sessionStorage.setItem("key", value) : sessionStorage.removeItem("key")),
};

/** `path` with its parameters; null, undefined and "" are left out, arrays are repeated. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") query.append(name, one);
    }
  }
  const written = query.toString();
  return written ? `${path}?${written}` : path;
}

/**
 * What the service answers: `{status, body, headers}`. A service that is busy is asked again as
 * often as it says. Raises {@link Failure}, or AbortError once `signal` is aborted.
 */
export async function ask(path, { method = "GET", parameters, body, headers = {}, signal } = {}) {
  for (let turn = 1; ; turn++) {
    const answer = await once(address(path, parameters), { method, body, headers, signal });
    if (answer.status !== 503 || turn === TRIES || method !== "GET") return settled(answer);
    const seconds = Number(answer.headers.get("retry-after"));
    if (!seconds) return settled(answer);
    await pause(Math.min(seconds, 5) * 1000, signal);
  }
}

/** The body of a GET. */
export async function get(path, parameters, signal) {
  return (await ask(path, { parameters, signal })).body;
}

/** The body of a POST with a JSON body. */
export async function post(path, body, signal) {
  return (await ask(path, { method: "POST", body, signal })).body;
}

/** Resolves after so many milliseconds; raises AbortError if the signal comes first. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stopped);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stopped();
    signal?.addEventListener("abort", stopped, { once: true });
  });
}

async function once(url, { method, body, headers, signal }) {
  const late = AbortSignal.timeout(PATIENCE);
  const sent = { ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (key.get()) sent.Authorization = `Bearer ${key.get()}`;
  try {
    const response = await fetch(url, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    const type = response.headers.get("content-type") ?? "";
    // What is removed is answered by nothing, whatever type the nothing is said to have.
    const read = type.includes("json") && response.status !== 204 ? await response.json() : null;
    return { status: response.status, headers: response.headers, body: read };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new Failure(late.aborted ? "slow" : "down");
  }
}

function settled(answer) {
  if (answer.status < 400) return answer;
  const { title, detail, type } = answer.body ?? {};
  throw new Failure("refused", { status: answer.status, title, detail, type });
}
