// Which words can be written on the map without covering each other, and where.

const MOST = 150;
const HEIGHT = 18;
const GAP = 8;

let pen = null;

/** How wide a text is in the map, in pixels. */
function width(text) {
  if (pen === null) {
    pen = document.createElement("canvas").getContext("2d");
    pen.font = `13px ${getComputedStyle(document.documentElement).getPropertyValue("--font")}`;
  }
  return pen.measureText(text).width;
}

const BESIDE = [
  ["middle right", (wide) => [GAP, -HEIGHT / 2]],
  ["middle left", (wide) => [-GAP - wide, -HEIGHT / 2]],
  ["top center", (wide) => [-wide / 2, -GAP - HEIGHT]],
  ["bottom center", (wide) => [-wide / 2, GAP]],
];

/** The room that texts have taken already. */
class Room {
  constructor(plane) {
    this.plane = plane;
    this.boxes = [];
  }

  isFree(box) {
    const { width: right, height: bottom } = this.plane;
    if (box.left < 0 || box.top < 0 || box.right > right || box.bottom > bottom) return false;
    return !this.boxes.some(
      (one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom,
    );
  }

  take(box) {
    this.boxes.push(box);
  }
}

const boxed = (left, top, wide, high = HEIGHT) => ({ left, top, right: left + wide, bottom: top + high });

/** The pixel that a word lies at; `plane` is `{width, height, x: [from, to], y: [from, to]}`. */
export function pixel(words, at, plane) {
  return [
    ((words.x[at] - plane.x[0]) / (plane.x[1] - plane.x[0])) * plane.width,
    ((plane.y[1] - words.y[at]) / (plane.y[1] - plane.y[0])) * plane.height,
  ];
}

const isInside = ([left, top], plane) => left >= 0 && top >= 0 && left <= plane.width && top <= plane.height;

/**
 * Words with a text at some distance, joined by a short line: `{at, left, top}` in pixels from the
 * word. All of them that are in sight get one.
 */
function flagged(words, chosen, plane, room) {
  const found = [];
  const spots = chosen.map((at) => pixel(words, at, plane));
  // What is told of is not covered.
  for (const [left, top] of spots) room.take(boxed(left - 9, top - 9, 18, 18));
  for (const [turn, at] of chosen.entries()) {
    const [left, top] = spots[turn];
    if (!isInside([left, top], plane)) continue;
    const wide = width(words.form[at]) * 1.15 + 10;
    let best = null;
    for (let far = 30; far <= 150 && best === null; far += 24) {
      for (let step = 0; step < 16 && best === null; step++) {
        const angle = (step * 5 * Math.PI) / 8 - Math.PI / 4;
        const middle = [far * Math.cos(angle) * 1.3, far * Math.sin(angle)];
        const box = boxed(left + middle[0] - wide / 2, top + middle[1] - 12, wide, 24);
        if (room.isFree(box)) best = { middle, box };
      }
    }
    const { middle, box } = best ?? { middle: [0, -30], box: boxed(left, top, 0, 0) };
    room.take(box);
    found.push({ at, left: middle[0], top: middle[1] });
  }
  return found;
}

/** Words with a text right beside them, as many as there is room for: `{at, position}`. */
function beside(words, candidates, plane, room) {
  const found = [];
  for (const at of candidates) {
    if (found.length === MOST) break;
    const [left, top] = pixel(words, at, plane);
    if (!isInside([left, top], plane)) continue;
    const wide = width(words.form[at]) + 4;
    for (const [position, corner] of BESIDE) {
      const [right, down] = corner(wide);
      const box = boxed(left + right, top + down, wide);
      if (!room.isFree(box)) continue;
      room.take(box);
      found.push({ at, position });
      break;
    }
  }
  return found;
}

/**
 * `flags` of the `chosen` words and, in the room that is left, `texts` beside the candidates.
 * Points keep free of texts as long as they are few.
 */
export function labels(words, { chosen, candidates, plane }) {
  const room = new Room(plane);
  const flags = flagged(words, chosen, plane, room);
  if (candidates.length <= 1000) {
    for (const at of candidates) {
      const [left, top] = pixel(words, at, plane);
      room.take(boxed(left - 3, top - 3, 6, 6));
    }
  }
  return { flags, texts: beside(words, candidates, plane, room) };
}
