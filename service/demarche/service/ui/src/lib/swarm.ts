// Marks beside each other: none is covered, and each stays where it belongs along its line.

export interface Circle {
  x: number;
  r: number;
}
/** Lanes above each other: how large the circles are drawn, where each lane has its middle, and each circle its y. */
export interface Lanes {
  scale: number;
  middles: number[];
  places: number[][];
  height: number;
}

const SCALES = [1, 0.8, 0.65];

/** Each lane as high as its circles need and at least so high; all smaller, down to two thirds, where they need more than the room. */
export function stacked(lanes: Circle[][], least: number, room: number): Lanes {
  const tried = SCALES.map((scale) => atScale(lanes, least, scale));
  return tried.find(({ height }) => height <= room) ?? tried.at(-1)!;
}

function atScale(lanes: Circle[][], least: number, scale: number): Lanes {
  const found: Lanes = { scale, middles: [], places: [], height: 0 };
  for (const circles of lanes) {
    const scaled = circles.map(({ x, r }) => ({ x, r: r * scale }));
    const offsets = swarm(scaled);
    const needs = Math.max(least / 2, ...scaled.map(({ r }, at) => Math.abs(offsets[at]!) + r + 3));
    const middle = found.height + needs;
    found.middles.push(middle);
    found.places.push(offsets.map((offset) => middle + offset));
    found.height += 2 * needs;
  }
  return found;
}

/** How far above (negative) or below the line each circle stands, so that no two overlap: the first ones nearest to it. */
function swarm(circles: Circle[], gap = 1): number[] {
  const placed: (Circle & { y: number })[] = [];
  return circles.map(({ x, r }) => {
    const near = placed.filter((one) => Math.abs(one.x - x) < one.r + r + gap);
    const touching = near.flatMap((one) => {
      const up = Math.sqrt((one.r + r + gap) ** 2 - (one.x - x) ** 2);
      return [one.y - up, one.y + up];
    });
    const free = (y: number): boolean => near.every((one) => Math.hypot(one.x - x, one.y - y) > one.r + r + gap - 0.01);
    const y = [0, ...touching].sort((one, other) => Math.abs(one) - Math.abs(other)).find(free) ?? 0;
    placed.push({ x, y, r });
    return y;
  });
}
