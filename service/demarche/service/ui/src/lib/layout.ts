// Where the nodes of a network stand: tied ones near each other, no circle over another, the whole as wide as its frame.
import type Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";

const [MARGIN, APART, PUSHED] = [40, 4, 400];

/** Positions in pixels of a frame of that size, `y` upwards; equal networks are laid out equally. */
export function layOut(graph: Graph, width: number, height: number): void {
  const iterations = graph.order > 1000 ? 60 : graph.order > 300 ? 150 : 400;
  forceAtlas2.assign(graph, {
    iterations,
    getEdgeWeight: "weight",
    settings: { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: graph.order > 200, linLogMode: true, edgeWeightInfluence: 0.5 },
  });
  fit(graph, width, height);
  if (graph.order > PUSHED) return;
  for (let round = 0; round < 60 && pushApart(graph); round++) keepInside(graph, width, height);
}

/** Stretch what was laid out over the frame; what lies far out is drawn in before, so that the middle has room. */
function fit(graph: Graph, width: number, height: number): void {
  const mean = (axis: string): number => graph.reduceNodes((sum: number, _node, told) => sum + (told[axis] as number), 0) / graph.order;
  const [east, north] = [mean("x"), mean("y")];
  graph.forEachNode((_node, told) => {
    const near = 1 / Math.sqrt(Math.hypot(told["x"] - east, told["y"] - north) || 1);
    told["x"] = (told["x"] - east) * near;
    told["y"] = (told["y"] - north) * near;
  });
  for (const [axis, room] of [["x", width], ["y", height]] as const) {
    const at = graph.mapNodes((_node, told) => told[axis] as number);
    const low = Math.min(...at);
    const scale = (room - 2 * MARGIN) / (Math.max(...at) - low || 1);
    graph.forEachNode((_node, told) => (told[axis] = graph.order > 1 ? MARGIN + (told[axis] - low) * scale : room / 2));
  }
}

/** Each two circles that overlap go half of the way apart; whether there were any. */
function pushApart(graph: Graph): boolean {
  const nodes = graph.mapNodes((_node, told) => told as { x: number; y: number; size: number });
  let pushed = false;
  nodes.forEach((one, at) => {
    for (const other of nodes.slice(at + 1)) {
      const [east, north] = [other.x - one.x || 0.01, other.y - one.y];
      const [gap, wanted] = [Math.hypot(east, north), one.size + other.size + APART];
      if (gap >= wanted) continue;
      const push = (wanted - gap) / gap / 2;
      one.x -= east * push;
      one.y -= north * push;
      other.x += east * push;
      other.y += north * push;
      pushed = true;
    }
  });
  return pushed;
}

function keepInside(graph: Graph, width: number, height: number): void {
  graph.forEachNode((_node, told) => {
    told["x"] = Math.max(told["size"], Math.min(told["x"], width - told["size"]));
    told["y"] = Math.max(told["size"], Math.min(told["y"], height - told["size"]));
  });
}
