// Where words stand on a map of so many pixels: none on another, and names only where there is room.

const EDGE = 26;
/** Between points that would lie on each other. */
const APART = 13;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const LINE = 18;

const extent = (values) => [Math.min(...values), Math.max(...values)];

/** Centres of the words in pixels: as far from each other as their vectors are on the plane. */
function scaled(words, width, height) {
  const [left, right] = extent(words.map((one) => one.x));
  const [low, high] = extent(words.map((one) => one.y));
  const room = [(width - 2 * EDGE) / (right - left || 1), (height - 2 * EDGE) / (high - low || 1)];
  // One scale for both directions, or distances would lie.
  const scale = Math.min(...room);
  return words.map((one) => [
    width / 2 + (one.x - (left + right) / 2) * scale,
    height / 2 + (one.y - (low + high) / 2) * scale,
  ]);
}

/** Points that would lie on each other stand around their place as seeds of a sunflower do. */
function spread(points) {
  const heaps = [];
  return points.map(([x, y]) => {
    let heap = heaps.find((one) => Math.hypot(one.x - x, one.y - y) < APART);
    if (!heap) heaps.push((heap = { x, y, held: 0 }));
    const away = APART * Math.sqrt(heap.held);
    const angle = GOLDEN_ANGLE * heap.held;
    heap.held += 1;
    return [heap.x + away * Math.cos(angle), heap.y + away * Math.sin(angle)];
  });
}

const SIDES = {
  "middle right": (x, y, wide, off) => [x + off, y - LINE / 2, x + off + wide, y + LINE / 2],
  "middle left": (x, y, wide, off) => [x - off - wide, y - LINE / 2, x - off, y + LINE / 2],
  "top center": (x, y, wide, off) => [x - wide / 2, y + off, x + wide / 2, y + off + LINE],
  "bottom center": (x, y, wide, off) => [x - wide / 2, y - off - LINE, x + wide / 2, y - off],
};

const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function ruler() {
  const brush = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.documentElement).getPropertyValue("--font");
  return (text, size, bold) => {
    brush.font = `${bold ? "bold " : ""}${size}px ${family}`;
    return brush.measureText(text).width;
  };
}

/**
 * `{x, y, side}` of each word in pixels; `side` is where its name stands, null where there is no
 * room. The first word is always named, then those of `order`, its indices.
 */
export function placed(words, order, width, height) {
  const measure = ruler();
  const points = spread(scaled(words, width, height));
  const taken = points.map(([x, y], at) => {
    const half = at ? 6 : 9;
    return [x - half, y - half, x + half, y + half];
  });
  const sides = words.map(() => null);
  for (const at of [0, ...order]) {
    const [x, y] = points[at];
    const wide = measure(words[at].lemma, at ? 13 : 15, !at) + 4;
    const boxes = Object.entries(SIDES).map(([side, box]) => [side, box(x, y, wide, at ? 8 : 12)]);
    const fitting = boxes.find(
      ([, box]) =>
        box[0] >= 0 && box[2] <= width && box[1] >= 0 && box[3] <= height &&
        !taken.some((other, index) => index !== at && meet(box, other)),
    );
    const chosen = fitting ?? (at ? null : boxes[2]);
    if (chosen) {
      sides[at] = chosen[0];
      taken.push(chosen[1]);
    }
  }
  return points.map(([x, y], at) => ({ x, y, side: sides[at] }));
}
