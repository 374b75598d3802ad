// A view as a figure one can print: a copy of its SVG with title, key and source line, light and without a style sheet.
import { html, svg } from "./dom";
import { sourceLine } from "./source";

export interface Words {
  /** What the figure shows, as its heading. */
  title: string;
  key?: KeyEntry[];
}
/** What a sign means: a mark around the origin, at most 9 pixels wide and 7 high to each side, or none, and words. */
export interface KeyEntry {
  says: string;
  mark?: SVGElement;
}

const INHERITED = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "font-family", "font-size",
  "font-style", "font-weight", "text-anchor", "visibility", "paint-order", "stroke-linejoin",
];
/** How wide and high a drawing is made for its figure, whatever the screen; it may need more. */
export const SHEET = { width: 1040, height: 640 };
const PAD = 16;
const NARROWEST = 420;
const LINE = { title: 21, key: 19, source: 15 };

/**
 * A stand-alone figure of a drawing, which need not be on the page. It is as large as what it holds: a drawing that says
 * overflow="hidden" is cut at its viewBox, any other is measured. Classes of the site's style sheet count, in light colours.
 */
export function figure(drawn: SVGSVGElement, { title, key = [] }: Words): SVGSVGElement {
  const whole = svg("svg");
  const paper = html("div", { class: "paper" }, whole);
  document.body.append(paper);
  try {
    const [content, box] = measured(whole, drawn);
    const width = Math.ceil(Math.max(box.width, NARROWEST));
    let y = PAD;
    y = paragraph(whole, "title", title, y, width) + 10;
    content.setAttribute("transform", `translate(${PAD - box.x} ${y - box.y})`);
    y = keyed(whole, key, y + box.height + 12, width) + 6;
    y = paragraph(whole, "source", sourceLine(), y, width) + PAD;
    const size = { width: width + 2 * PAD, height: Math.ceil(y) };
    whole.prepend(svg("rect", { ...size, class: "ground" }));
    for (const [name, value] of Object.entries({ ...size, viewBox: `0 0 ${size.width} ${size.height}` })) whole.setAttribute(name, String(value));
    inline(whole, getComputedStyle(paper));
    whole.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return whole;
  } finally {
    paper.remove();
  }
}

export function svgFile(drawn: SVGSVGElement): Blob {
  return new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
}

/** A figure as PNG, at twice its size for print. */
export async function pngFile(drawn: SVGSVGElement, scale = 2): Promise<Blob> {
  const { width, height } = drawn.viewBox.baseVal;
  const picture = new Image(width, height);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no pictures");
  context.scale(scale, scale);
  context.drawImage(picture, 0, 0, width, height);
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture could not be made"))), "image/png"),
  );
}

export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A copy of the drawing in the figure, and the box that holds all of it. */
function measured(whole: SVGSVGElement, drawn: SVGSVGElement): [SVGElement, { x: number; y: number; width: number; height: number }] {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  if (drawn.getAttribute("overflow") === "hidden") {
    const content = svg("g", {}, copy);
    whole.append(content);
    return [content, copy.viewBox.baseVal];
  }
  const content = svg("g", { class: drawn.getAttribute("class") }, ...copy.childNodes);
  whole.append(content);
  return [content, content.getBBox()];
}

/** Text in as many lines as it needs, from y downwards; the y below it. */
function paragraph(whole: SVGSVGElement, kind: "title" | "source", text: string, y: number, width: number): number {
  const probe = svg("text", { class: kind });
  whole.append(probe);
  const lines = wrapped(text, (line) => wide(probe, line) <= width);
  probe.replaceChildren(...lines.map((line, at) => svg("tspan", { x: PAD, y: y + (at + 0.8) * LINE[kind] }, line)));
  return y + lines.length * LINE[kind];
}

/** Lines that fit. Each but the last keeps its blank, so that they read as one text; a word too long is broken anywhere. */
function wrapped(text: string, fits: (line: string) => boolean): string[] {
  const lines = [""];
  const add = (piece: string): void => {
    if (fits(lines.at(-1) + piece.trimEnd())) lines[lines.length - 1] += piece;
    else if (fits(piece.trimEnd())) lines.push(piece);
    else for (const letter of piece) fits(lines.at(-1) + letter) ? (lines[lines.length - 1] += letter) : lines.push(letter);
  };
  for (const piece of text.match(/\S+\s*/g) ?? []) add(piece);
  return lines.filter(Boolean);
}

/** The key, entry after entry in rows; the y below it. */
function keyed(whole: SVGSVGElement, key: KeyEntry[], y: number, width: number): number {
  let [x, top] = [PAD, y];
  for (const { says, mark } of key) {
    const text = svg("text", { class: "key" });
    whole.append(text);
    const indent = mark ? 24 : 0;
    const lines = wrapped(says, (line) => wide(text, line) <= width - indent);
    const needs = indent + Math.max(...lines.map((line) => wide(text, line)));
    if (x > PAD && x + needs > PAD + width) [x, top] = [PAD, top + LINE.key];
    text.replaceChildren(...lines.map((line, at) => svg("tspan", { x: x + indent, y: top + 14 + at * LINE.key }, line)));
    if (mark) whole.append(svg("g", { transform: `translate(${x + 9} ${top + 10})` }, mark));
    top += (lines.length - 1) * LINE.key;
    x += needs + 18;
  }
  return key.length ? top + LINE.key : y;
}

function wide(probe: SVGTextElement, line: string): number {
  probe.textContent = line;
  return probe.getComputedTextLength();
}

/** What the style sheet says, written into the elements; names and links of the page are left behind. */
function inline(element: Element, above: CSSStyleDeclaration): void {
  const style = getComputedStyle(element);
  for (const name of INHERITED) {
    const value = style.getPropertyValue(name);
    if (value !== above.getPropertyValue(name) || element.hasAttribute(name)) element.setAttribute(name, value);
  }
  if (style.opacity !== "1") element.setAttribute("opacity", style.opacity);
  for (const child of element.children) inline(child, style);
  for (const { name } of [...element.attributes]) if (/^(class|href|tabindex|role|aria-.*|data-.*)$/.test(name)) element.removeAttribute(name);
}
