// Networks drawn with WebGL; loaded only when a network is opened. Equal networks are laid out equally.
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import Sigma from "sigma";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { svg } from "./dom";
import type { NodeLink } from "./paths";

export interface Network {
  graph: NodeLink;
  groups: Record<string, number>;
  directed: boolean;
}
export interface Drawing {
  /** Show these nodes only, undefined for all; where they are a path, in its order, its ties too. */
  choose(nodes: string[] | undefined, path: boolean): void;
  zoom(by: number): void;
  centre(): void;
  /** What is shown as SVG for print: the same positions, colours and labels. */
  picture(): SVGSVGElement;
  end(): void;
}

// Okabe and Ito's colours, told apart without full colour vision; the group's number stands in the label as well.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a00", "#777777"];

export function drawn(host: HTMLElement, network: Network, sizes: Map<string, number>, pick: (node: string, second: boolean) => void): Drawing {
  const graph = laidOut(network, sizes);
  const style = getComputedStyle(document.body);
  const [ink, faint] = [style.color, style.getPropertyValue("--line").trim() || "#cccccc"];
  const card = style.getPropertyValue("--card").trim() || style.backgroundColor;
  const label = (context: CanvasRenderingContext2D, node: Labelled): void => write(context, node, host.clientWidth, ink, card);
  let shown: Set<string> | undefined;
  let onPath = new Set<string>();
  const sigma = new Sigma(graph, host, {
    stagePadding: 48,
    defaultDrawNodeLabel: label,
    defaultDrawNodeHover: (context, node) => {
      ring(context, node, ink);
      label(context, node);
    },
    labelRenderedSizeThreshold: graph.order > 60 ? 8 : 0,
    defaultEdgeColor: faint,
    defaultEdgeType: network.directed ? "arrow" : "line",
    allowInvalidContainer: true,
    nodeReducer: (node, data) => (shown && !shown.has(node) ? { ...data, color: faint, label: "", zIndex: 0 } : { ...data, zIndex: 1 }),
    edgeReducer: (edge, data) => {
      const [source, target] = graph.extremities(edge);
      const dim = shown && !(shown.has(source) && shown.has(target));
      return { ...data, hidden: Boolean(dim), color: onPath.has(edge) ? ink : data["color"] };
    },
    zIndex: true,
  });
  sigma.on("clickNode", ({ node, event }) => {
    const original = event.original;
    pick(node, "shiftKey" in original && original.shiftKey);
  });
  sigma.on("enterNode", () => (host.style.cursor = "pointer"));
  sigma.on("leaveNode", () => (host.style.cursor = ""));
  const camera = sigma.getCamera();
  return {
    choose(nodes, path) {
      shown = nodes && new Set(nodes);
      onPath = new Set(path ? nodes?.slice(1).flatMap((one, at) => graph.edges(nodes[at] ?? "", one)) : []);
      sigma.refresh();
    },
    zoom: (by) => void camera.animate({ ratio: camera.ratio * by }, { duration: 150 }),
    centre: () => void camera.animatedReset({ duration: 150 }),
    picture: () => picture(sigma, graph, shown),
    end: () => sigma.kill(),
  };
}

type Labelled = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

const FONT = "13px system-ui, sans-serif";

/** The label right of its node, or left of it where the edge would cut it; with a rim, so that ties do not cross it out. */
function write(context: CanvasRenderingContext2D, { x, y, size, label }: Labelled, width: number, ink: string, rim: string): void {
  if (!label) return;
  context.font = FONT;
  const length = context.measureText(label).width;
  const left = x + size + 3 + length > width && x - size - 3 - length > 0;
  const [from, base] = [left ? x - size - 3 - length : x + size + 3, y + 4];
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = rim;
  context.strokeText(label, from, base);
  context.fillStyle = ink;
  context.fillText(label, from, base);
}

function ring(context: CanvasRenderingContext2D, { x, y, size }: Labelled, ink: string): void {
  context.beginPath();
  context.arc(x, y, size + 3, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = ink;
  context.stroke();
}

/** "Government of the United States" is "United States" where there is little room. */
function brief(label: string): string {
  return label.replace(/^Government of (?:the )?/, "");
}

function laidOut(network: Network, sizes: Map<string, number>): Graph {
  const graph = new Graph({ type: network.directed ? "directed" : "undirected", multi: false, allowSelfLoops: false });
  const most = Math.max(...sizes.values(), Number.MIN_VALUE);
  const spread = graph.order > 300 ? 14 : 20;
  network.graph.nodes.forEach(({ id, label }, at) => {
    const turn = (at / network.graph.nodes.length) * 2 * Math.PI;
    const group = network.groups[id] ?? 0;
    graph.addNode(id, {
      label: group ? `${brief(label)} ·${group}` : brief(label),
      x: Math.cos(turn),
      y: Math.sin(turn),
      size: 3 + Math.sqrt(Math.max(0, sizes.get(id) ?? 0) / most) * spread,
      color: COLOURS[(group + COLOURS.length - 1) % COLOURS.length],
    });
  });
  for (const { source, target, weight = 1 } of network.graph.edges) {
    if (source !== target && !graph.hasEdge(source, target)) graph.addEdge(source, target, { weight, size: 1 + Math.min(6, Math.log2(1 + weight)) / 2 });
  }
  const iterations = graph.order > 1000 ? 60 : graph.order > 300 ? 150 : 400;
  forceAtlas2.assign(graph, {
    iterations,
    getEdgeWeight: "weight",
    settings: { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: graph.order > 200, gravity: 1, edgeWeightInfluence: 0.5, adjustSizes: graph.order < 200 },
  });
  return graph;
}

/** What is shown as SVG for print: the same positions, colours and labels. */
function picture(sigma: Sigma, graph: Graph, shown: Set<string> | undefined): SVGSVGElement {
  const { width } = sigma.getDimensions();
  const at = (node: string) => sigma.graphToViewport({ x: graph.getNodeAttribute(node, "x"), y: graph.getNodeAttribute(node, "y") });
  const visible = (node: string) => !shown || shown.has(node);
  const whole = svg("svg");
  graph.forEachEdge((_edge, attributes, source, target) => {
    if (!visible(source) || !visible(target)) return;
    const [from, to] = [at(source), at(target)];
    whole.append(svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: "tie", "stroke-width": attributes["size"] as number }));
  });
  graph.forEachNode((node, attributes) => {
    if (!visible(node)) return;
    const { x, y } = at(node);
    const r = attributes["size"] as number;
    const label = attributes["label"] as string;
    const left = x + r + 3 + label.length * 6.5 > width;
    const place = left ? { x: x - r - 3, "text-anchor": "end" } : { x: x + r + 3 };
    whole.append(svg("circle", { cx: x, cy: y, r, fill: attributes["color"] as string }), svg("text", { ...place, y: y + 4 }, label));
  });
  return whole;
}
