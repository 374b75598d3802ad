// Networks drawn with WebGL; loaded only when a network is opened. Equal networks are laid out equally.
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import { bidirectional } from "graphology-shortest-path/unweighted";
import Sigma from "sigma";
import { downloadAsPNG } from "@sigma/export-image";
import { svg } from "./dom";
import { download, sourceLine, svgFile } from "./figure";

export interface NodeLink {
  nodes: { id: string; label: string; kind?: string }[];
  edges: { source: string; target: string; weight?: number }[];
}
export interface Network {
  graph: NodeLink;
  groups: Record<string, number>;
  directed: boolean;
}
export interface Drawing {
  /** Show the neighbourhood of a node, or the path to another; the nodes shown, or undefined for all. */
  choose(node: string | null, to: string | null): Set<string> | undefined;
  zoom(by: number): void;
  centre(): void;
  png(): Promise<void>;
  svg(): void;
  end(): void;
}

// Okabe and Ito's colours, told apart without full colour vision; the group's number stands in the label as well.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a00", "#777777"];

export function drawn(host: HTMLElement, network: Network, sizes: Map<string, number>, pick: (node: string, second: boolean) => void): Drawing {
  const graph = laidOut(network, sizes);
  const style = getComputedStyle(document.body);
  const [ink, faint] = [style.color, style.getPropertyValue("--line").trim() || "#cccccc"];
  let shown: Set<string> | undefined;
  let onPath = new Set<string>();
  const sigma = new Sigma(graph, host, {
    labelColor: { color: ink },
    labelFont: "system-ui, sans-serif",
    labelSize: 13,
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
    choose(node, to) {
      onPath = new Set();
      shown = undefined;
      if (node && graph.hasNode(node)) {
        const path = to && graph.hasNode(to) ? (bidirectional(graph, node, to) ?? []) : [node, ...graph.neighbors(node)];
        shown = new Set(path);
        if (to) path.slice(1).forEach((one, at) => graph.edges(path[at] ?? "", one).forEach((edge) => onPath.add(edge)));
      }
      sigma.refresh();
      return shown;
    },
    zoom: (by) => void camera.animate({ ratio: camera.ratio * by }, { duration: 150 }),
    centre: () => void camera.animatedReset({ duration: 150 }),
    png: () => downloadAsPNG(sigma, { fileName: "demarche-network", backgroundColor: style.backgroundColor }),
    svg: () => download(svgFile(picture(sigma, graph, shown, ink, faint, style.backgroundColor)), "demarche-network.svg"),
    end: () => sigma.kill(),
  };
}

function laidOut(network: Network, sizes: Map<string, number>): Graph {
  const graph = new Graph({ type: network.directed ? "directed" : "undirected", multi: false, allowSelfLoops: false });
  const most = Math.max(...sizes.values(), Number.MIN_VALUE);
  const spread = graph.order > 300 ? 14 : 20;
  network.graph.nodes.forEach(({ id, label }, at) => {
    const turn = (at / network.graph.nodes.length) * 2 * Math.PI;
    const group = network.groups[id] ?? 0;
    graph.addNode(id, {
      label: group ? `${label} ·${group}` : label,
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
function picture(sigma: Sigma, graph: Graph, shown: Set<string> | undefined, ink: string, faint: string, ground: string): SVGSVGElement {
  const { width, height } = sigma.getDimensions();
  const at = (node: string) => sigma.graphToViewport({ x: graph.getNodeAttribute(node, "x"), y: graph.getNodeAttribute(node, "y") });
  const visible = (node: string) => !shown || shown.has(node);
  const whole = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height: height + 28, viewBox: `0 0 ${width} ${height + 28}` });
  whole.append(svg("rect", { width: "100%", height: "100%", fill: ground }));
  graph.forEachEdge((_edge, attributes, source, target) => {
    if (!visible(source) || !visible(target)) return;
    const [from, to] = [at(source), at(target)];
    whole.append(svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: faint, "stroke-width": attributes["size"] as number }));
  });
  const text = { "font-family": "system-ui, sans-serif", "font-size": 12, fill: ink };
  graph.forEachNode((node, attributes) => {
    if (!visible(node)) return;
    const { x, y } = at(node);
    const r = attributes["size"] as number;
    whole.append(svg("circle", { cx: x, cy: y, r, fill: attributes["color"] as string }), svg("text", { ...text, x: x + r + 3, y: y + 4 }, attributes["label"] as string));
  });
  whole.append(svg("text", { ...text, x: 8, y: height + 19, "font-size": 11 }, sourceLine()));
  return whole;
}
