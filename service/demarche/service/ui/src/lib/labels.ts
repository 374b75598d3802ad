// Where the labels of a drawing stand: each beside its node, none over another, the important ones first.

export interface Spot {
  node: string;
  x: number;
  y: number;
  r: number;
  label: string;
  /** Labelled whatever happens, as what the reader chose is. */
  chosen: boolean;
}
export interface Placed {
  node: string;
  lines: string[];
  x: number;
  /** The base of the first line. */
  y: number;
}
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const FONT = "13px system-ui, sans-serif";
export const LINE = 15;
const [LONGEST_LINE, GAP, LABELLED, ROOM] = [22, 3, 150, 5000];

/** The labels that fit into a drawing of that size; chosen nodes and large ones first, never two over each other. */
export function placed(spots: Spot[], width: number, height: number, measure: (text: string) => number): Placed[] {
  const inside = spots.filter(({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height);
  const wanted = inside.filter(({ label }) => label).sort((one, other) => Number(other.chosen) - Number(one.chosen) || other.r - one.r);
  const most = Math.max(12, (width * height) / ROOM);
  const taken: Box[] = [];
  const found: Placed[] = [];
  for (const spot of wanted.slice(0, LABELLED)) {
    if (found.length >= most && !spot.chosen) break;
    const lines = wrapped(spot.label);
    const around = sides(spot, Math.max(...lines.map(measure)), lines.length * LINE).map((box) => within(box, width, height, spot.chosen));
    const free = around.filter((box): box is Box => box !== null && !taken.some((one) => overlap(one, box)));
    const box = free.find((one) => !inside.some((node) => node !== spot && covers(one, node))) ?? (spot.chosen ? free[0] ?? around.find((one) => one !== null) : undefined);
    if (!box) continue;
    taken.push(box);
    found.push({ node: spot.node, lines, x: box.x, y: box.y + LINE - 4 });
  }
  return found;
}

/** Two lines where one would be long; the blank between them stays, so that the text is the same. */
export function wrapped(label: string): string[] {
  if (label.length <= LONGEST_LINE) return [label];
  const blanks = [...label.matchAll(/ (?!·)/g)].map(({ index }) => index + 1);
  const middle = blanks.sort((one, other) => Math.abs(one - label.length / 2) - Math.abs(other - label.length / 2))[0];
  return middle ? [label.slice(0, middle), label.slice(middle)] : [label];
}

/** Right of the node, left, below, above, and between these. */
function sides({ x, y, r }: Spot, width: number, height: number): Box[] {
  const [right, left, slant] = [x + r + GAP, x - r - GAP - width, r * 0.75 + GAP];
  const [middle, below, above] = [y - height / 2, y + r + 1, y - r - 1 - height];
  const places: [number, number][] = [
    [right, middle],
    [left, middle],
    [x - width / 2, below],
    [x - width / 2, above],
    [x + slant, y + slant],
    [x + slant, y - slant - height],
    [x - slant - width, y + slant],
    [x - slant - width, y - slant - height],
  ];
  return places.map(([x, y]) => ({ x, y, width, height }));
}

/** The box if the drawing holds all of it; one that has to be shown is moved in. */
function within(box: Box, width: number, height: number, moved: boolean): Box | null {
  const [x, y] = [Math.max(0, Math.min(box.x, width - box.width)), Math.max(0, Math.min(box.y, height - box.height))];
  return x === box.x && y === box.y ? box : moved ? { ...box, x, y } : null;
}

function overlap(one: Box, other: Box): boolean {
  return one.x < other.x + other.width + GAP && other.x < one.x + one.width + GAP && one.y < other.y + other.height && other.y < one.y + one.height;
}

function covers(box: Box, { x, y, r }: Spot): boolean {
  const [east, south] = [x - Math.max(box.x, Math.min(x, box.x + box.width)), y - Math.max(box.y, Math.min(y, box.y + box.height))];
  return east * east + south * south < r * r;
}
