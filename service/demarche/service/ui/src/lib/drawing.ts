// Networks drawn with WebGL; loaded only when a network is opened. Equal networks are laid out equally.
import Graph from "graphology";
import Sigma from "sigma";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { svg, unit } from "./dom";
import { SHEET } from "./figure";
import { FONT, LINE, placed, type Placed } from "./labels";
import { layOut } from "./layout";
import type { NodeLink } from "./paths";

export interface Network {
  graph: NodeLink;
  groups: Record<string, number>;
  directed: boolean;
}
export interface Drawing {
  /** Show these nodes only, undefined for all; `ends` are always labelled, and of a path its ties are marked. */
  choose(nodes: string[] | undefined, ends: string[]): void;
  zoom(by: number): void;
  centre(): void;
  /** What is shown as SVG for print: the same colours, and labels where a sheet has room, which is as large on every screen. */
  picture(): SVGSVGElement;
  end(): void;
}

// Okabe and Ito's colours, told apart without full colour vision; the group's number stands in the label as well.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a00", "#777777"];

/** Many ties over each other must stay to be told apart; sigma wants a colour multiplied by its share. */
function tie(ties: number): { svg: string; webgl: string } {
  const share = ties > 400 ? 0.2 : 0.4;
  return { svg: `rgba(110, 120, 130, ${share})`, webgl: `rgba(${110 * share}, ${120 * share}, ${130 * share}, ${share})` };
}

export function drawn(host: HTMLElement, network: Network, sizes: Map<string, number>, pick: (node: string, second: boolean) => void): Drawing {
  const larger = unit();
  const frame = { width: host.clientWidth / larger, height: host.clientHeight / larger };
  const graph = laidOut(network, sizes, frame, larger);
  const ink = inks();
  const thread = tie(graph.size);
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = FONT;
  const view: View = { graph, shown: undefined, marked: new Set(), path: new Set(), measure: (text) => pen?.measureText(text).width ?? text.length * 7 };
  const sigma = new Sigma(graph, host, {
    stagePadding: 0,
    renderLabels: false,
    defaultDrawNodeHover: (context, node) => enlarged(context, larger, () => hover(context, inUnits(node, larger), frame.width, ink)),
    defaultEdgeType: network.directed ? "arrow" : "line",
    allowInvalidContainer: true,
    nodeReducer: (node, data) => (hidden(view, node) ? { ...data, color: ink.line, label: "", zIndex: 0 } : { ...data, zIndex: 1 }),
    edgeReducer: (edge, data) => ({
      ...data,
      hidden: graph.extremities(edge).some((node) => hidden(view, node)),
      ...(view.path.has(edge) ? { color: ink.text, size: 3 * larger, zIndex: 1 } : { color: thread.webgl }),
    }),
    zIndex: true,
  });
  sigma.setCustomBBox({ x: [0, frame.width], y: [0, frame.height] }); // as the layout
  const place = (node: string): Circle => {
    const { x, y, size } = graph.getNodeAttributes(node) as Circle & { size: number };
    const at = sigma.graphToViewport({ x, y });
    return { x: at.x / larger, y: at.y / larger, r: sigma.scaleSize(size) / larger };
  };
  const label = (): void => {
    const context = sigma.getCanvases()["labels"]?.getContext("2d");
    if (context) enlarged(context, larger, () => labels(view, place, frame).forEach((one) => write(context, one, ink)));
  };
  sigma.on("afterRender", label);
  sigma.refresh();
  sigma.on("clickNode", ({ node, event }) => {
    const original = event.original;
    pick(node, "shiftKey" in original && original.shiftKey);
  });
  sigma.on("enterNode", () => (host.style.cursor = "pointer"));
  sigma.on("leaveNode", () => (host.style.cursor = ""));
  const camera = sigma.getCamera();
  return {
    choose(nodes, ends) {
      const path = ends.length > 1 ? (nodes ?? []) : [];
      Object.assign(view, { shown: nodes && new Set(nodes), marked: new Set([...ends, ...path]) });
      view.path = new Set(path.slice(1).flatMap((one, at) => graph.edges(path[at] ?? "", one)));
      sigma.refresh();
    },
    zoom: (by) => void camera.animate({ ratio: camera.ratio * by }, { duration: 150 }),
    centre: () => void camera.animatedReset({ duration: 150 }),
    picture: () => picture(view, laidOut(network, sizes, SHEET)),
    end: () => sigma.kill(),
  };
}

/** What is drawn: all nodes or the shown ones, labels that have to be there, ties of a path. */
interface View {
  graph: Graph;
  shown: Set<string> | undefined;
  marked: Set<string>;
  path: Set<string>;
  measure: (text: string) => number;
}
interface Circle {
  x: number;
  y: number;
  r: number;
}
type Place = (node: string) => Circle;
interface Frame {
  width: number;
  height: number;
}
interface Inks {
  text: string;
  line: string;
  ground: string;
}

function inks(): Inks {
  const style = getComputedStyle(document.body);
  const named = (name: string, other: string): string => style.getPropertyValue(name).trim() || other;
  return { text: style.color, line: named("--line", "#cccccc"), ground: named("--card", style.backgroundColor) };
}

function hidden({ shown }: View, node: string): boolean {
  return shown !== undefined && !shown.has(node);
}

/** Draw in units of the drawing, which are larger than pixels on a large screen. */
function enlarged(context: CanvasRenderingContext2D, larger: number, draw: () => void): void {
  context.save();
  context.scale(larger, larger);
  draw();
  context.restore();
}

function inUnits(node: Labelled, larger: number): Labelled {
  return { ...node, x: node.x / larger, y: node.y / larger, size: node.size / larger };
}

function labels(view: View, place: Place, { width, height }: Frame): Placed[] {
  const spots = view.graph.mapNodes((node, { label }) => ({
    node,
    label: hidden(view, node) ? "" : (label as string),
    chosen: view.marked.has(node),
    ...place(node),
    ...(hidden(view, node) ? { r: 0 } : {}), // a label may lie over what is dimmed
  }));
  return placed(spots, width, height, view.measure);
}

type Labelled = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

/** A label with a rim, so that ties do not cross it out. */
function write(context: CanvasRenderingContext2D, { lines, x, y }: Placed, ink: Inks): void {
  context.font = FONT;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = ink.ground;
  context.fillStyle = ink.text;
  lines.forEach((line, at) => context.strokeText(line, x, y + at * LINE));
  lines.forEach((line, at) => context.fillText(line, x, y + at * LINE));
}

/** The node under the pointer: ringed, its whole label on one line. */
function hover(context: CanvasRenderingContext2D, { x, y, size, label }: Labelled, width: number, ink: Inks): void {
  context.beginPath();
  context.arc(x, y, size + 3, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = ink.text;
  context.stroke();
  if (!label) return;
  context.font = FONT;
  const length = context.measureText(label).width;
  const left = x + size + 6 + length > width && x - size - 6 - length > 0;
  write(context, { node: "", lines: [label], x: left ? x - size - 6 - length : x + size + 6, y: y + 4 }, ink);
}

/** "Government of the United States" is "United States" where there is little room. */
function brief(label: string): string {
  return label.replace(/^Government of (?:the )?/, "");
}

/** The network in a frame, both in units; `larger` is what sigma, which takes sizes in pixels, has to be told. */
function laidOut(network: Network, sizes: Map<string, number>, frame: Frame, larger = 1): Graph {
  const graph = new Graph({ type: network.directed ? "directed" : "undirected", multi: false, allowSelfLoops: false });
  const most = Math.max(...sizes.values(), Number.MIN_VALUE);
  const { nodes, edges } = network.graph;
  const spread = Math.min(18, 90 / Math.sqrt(nodes.length)) * (frame.width < 500 ? 0.7 : 1);
  nodes.forEach(({ id, label }, at) => {
    const turn = (at / nodes.length) * 2 * Math.PI;
    const group = network.groups[id] ?? 0;
    graph.addNode(id, {
      label: group ? `${brief(label)} ·${group}` : brief(label),
      x: Math.cos(turn),
      y: Math.sin(turn),
      size: 3 + Math.sqrt(Math.max(0, sizes.get(id) ?? 0) / most) * spread,
      color: COLOURS[(group + COLOURS.length - 1) % COLOURS.length],
    });
  });
  const thin = edges.length > 400 ? 0.5 : 1;
  for (const { source, target, weight = 1 } of edges) {
    if (source !== target && !graph.hasEdge(source, target)) graph.addEdgeWithKey(`${source} ${target}`, source, target, { weight, size: (1 + Math.min(6, Math.log2(1 + weight)) / 2) * thin });
  }
  layOut(graph, frame.width, frame.height);
  graph.updateEachNodeAttributes((_node, told) => ({ ...told, size: (told["size"] as number) * larger }));
  graph.updateEachEdgeAttributes((_edge, told) => ({ ...told, size: (told["size"] as number) * larger }));
  return graph;
}

function picture(view: View, sheet: Graph): SVGSVGElement {
  const at: Place = (node) => {
    const { x, y, size } = sheet.getNodeAttributes(node) as Circle & { size: number };
    return { x, y: SHEET.height - y, r: size };
  };
  const thread = tie(view.graph.size).svg;
  const whole = svg("svg", { class: "network" });
  sheet.forEachEdge((edge, { size }, source, target) => {
    if (hidden(view, source) || hidden(view, target)) return;
    const [from, to] = [at(source), at(target)];
    const look = view.path.has(edge) ? { class: "path", "stroke-width": 3 } : { stroke: thread, "stroke-width": size as number };
    whole.append(svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, ...look }));
  });
  view.graph.forEachNode((node, { color }) => {
    const { x, y, r } = at(node);
    if (!hidden(view, node)) whole.append(svg("circle", { cx: x, cy: y, r, fill: color as string }));
  });
  for (const { lines, x, y } of labels(view, at, SHEET)) {
    const rim = { class: "label", "paint-order": "stroke", "stroke-linejoin": "round" };
    whole.append(svg("text", rim, ...lines.map((line, at) => svg("tspan", { x, y: y + at * LINE }, line))));
  }
  return whole;
}
