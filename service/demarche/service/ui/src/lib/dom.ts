// Elements from names and children. Text becomes text nodes only: nothing a source says is ever markup.

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

const SVG = "http://www.w3.org/2000/svg";

export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(name), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** The element that the page's template promises; its absence is an error of ours. */
export function need<T extends Element>(selector: string, root: ParentNode = document): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Pixels for each unit of a drawing: more than one where the whole page is larger, as on a large screen. */
export function unit(): number {
  return Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
}

/** Text below a tick of an axis, which a drawing of that width does not cut at its right. */
export function tickName(x: number, y: number, name: string, width: number): SVGElement {
  return svg("text", { x, y, "text-anchor": x > width - 34 ? "end" : "middle", class: "label" }, name);
}

/** The data that the template wrote into the page as `<script type="application/json" id=...>`. */
export function pageData<T>(id: string): T {
  return JSON.parse(need(`script#${id}`).textContent ?? "null") as T;
}

/** A link only where the address is one of the web or of this site: never `javascript:`. */
export function safeHref(address: string): string | null {
  try {
    const { protocol } = new URL(address, location.href);
    return protocol === "http:" || protocol === "https:" ? address : null;
  } catch {
    return null;
  }
}

function filled<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    const text = value === true ? "" : String(value);
    if ((name === "href" || name === "src") && safeHref(text) === null) continue;
    element.setAttribute(name, text);
  }
  element.append(...children.filter((child): child is Node | string | number => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}
