// A view as a figure one can print: the SVG on the page with its styles written into it, a source line and a date.

import { svg } from "./dom";

const COPIED = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-family",
  "font-size", "font-weight", "text-anchor", "dominant-baseline", "visibility", "display",
];

/** A stand-alone copy: no style sheet, no script, no link, and below it where it comes from. */
export function figure(drawn: SVGSVGElement, source: string): SVGSVGElement {
  const { width, height } = size(drawn);
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  inline(drawn, copy);
  copy.querySelectorAll("a").forEach((one) => one.removeAttribute("href"));
  const whole = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height: height + 28, viewBox: `0 0 ${width} ${height + 28}` });
  const ground = getComputedStyle(document.body).backgroundColor;
  whole.append(svg("rect", { width: "100%", height: "100%", fill: ground }), copy);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const ink = getComputedStyle(document.body).color;
  whole.append(svg("text", { x: 8, y: height + 19, fill: ink, "font-family": "system-ui, sans-serif", "font-size": 11 }, source));
  return whole;
}

export function svgFile(drawn: SVGSVGElement): Blob {
  return new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
}

/** The figure as PNG, at twice its size for print. */
export async function pngFile(drawn: SVGSVGElement, scale = 2): Promise<Blob> {
  const { width, height } = size(drawn);
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

/** "Demarche, record 1a2b3c, 22 November 2026, address": what stands below every figure. */
export function sourceLine(): string {
  const version = document.documentElement.dataset.record ?? "";
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  return `Source: Demarche, record ${version}, ${location.pathname}${location.search}, ${day}`;
}

function size(drawn: SVGSVGElement): { width: number; height: number } {
  const box = drawn.viewBox.baseVal;
  if (box && box.width) return { width: box.width, height: box.height };
  return { width: Number(drawn.getAttribute("width")) || drawn.clientWidth, height: Number(drawn.getAttribute("height")) || drawn.clientHeight };
}

function inline(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of COPIED) {
    const value = style.getPropertyValue(name);
    if (value) to.setAttribute(name, value);
  }
  to.removeAttribute("class");
  Array.from(from.children).forEach((child, at) => {
    const copy = to.children[at];
    if (copy) inline(child, copy);
  });
}
