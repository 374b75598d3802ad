// The matrix page: a table that arrow keys walk, refreshed as the filter changes, and drawn as a figure for print.
import { need, svg } from "../lib/dom";
import { exportButtons } from "../lib/export";
import { go, onState, refresh, state, type State } from "../lib/url";

const ASKED = ["fold", "from", "until", "explicit_only"];
const form = need<HTMLFormElement>("form.filter");
let shownFor = asked(state());

need("#tools").append(...exportButtons("demarche-matrix", drawn));
walkable();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
form.addEventListener("change", ask);
onState((now) => {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = Boolean(now[field.name]);
    else if (field instanceof HTMLInputElement) field.value = now[field.name] ?? "";
    else if (field instanceof HTMLSelectElement) field.value = now[field.name] ?? "government";
  }
  if (asked(now) === shownFor) return;
  shownFor = asked(now);
  refresh("#matrix").then(walkable, (error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") return;
    need("#matrix").textContent = error instanceof Error ? error.message : String(error);
  });
});

function asked(now: State): string {
  return ASKED.map((name) => now[name] ?? "").join("|");
}

function ask(): void {
  const given = Object.fromEntries(new FormData(form)) as Record<string, string>;
  if (!form.checkValidity()) return;
  go(Object.fromEntries(ASKED.map((name) => [name, name === "fold" && given[name] === "government" ? null : (given[name] ?? null)])));
}

/** One stop for the tab key; arrows go from filled cell to filled cell, Home and End along the row. */
function walkable(): void {
  const table = document.querySelector<HTMLTableElement>("table.matrix");
  if (!table) return;
  const rows = [...table.tBodies[0]!.rows].map((row) => [...row.cells].map((cell) => cell.querySelector<HTMLElement>("a.cell")));
  const cells = rows.flat().filter((cell) => cell !== null);
  cells.forEach((cell, at) => (cell.tabIndex = at ? -1 : 0));
  table.addEventListener("keydown", (event) => {
    const from = document.activeElement;
    const y = rows.findIndex((row) => row.some((cell) => cell !== null && cell === from));
    if (y < 0) return;
    const x = rows[y]!.indexOf(from as HTMLElement);
    const next = target(rows, event.key, x, y);
    if (!next) return;
    event.preventDefault();
    cells.forEach((cell) => (cell.tabIndex = -1));
    next.tabIndex = 0;
    next.focus();
  });
}

type Rows = (HTMLElement | null)[][];

function target(rows: Rows, key: string, x: number, y: number): HTMLElement | null {
  const row = rows[y] ?? [];
  const first = (found: (HTMLElement | null)[]) => found.find((cell) => cell !== null) ?? null;
  switch (key) {
    case "ArrowRight":
      return first(row.slice(x + 1));
    case "ArrowLeft":
      return first(row.slice(0, x).reverse());
    case "ArrowDown":
      return first(rows.slice(y + 1).map((other) => other[x] ?? null));
    case "ArrowUp":
      return first(rows.slice(0, y).map((other) => other[x] ?? null).reverse());
    case "Home":
      return first(row);
    case "End":
      return first([...row].reverse());
    default:
      return null;
  }
}

/** The table as SVG: what is on the screen, in the same order. */
function drawn(): SVGSVGElement {
  const table = need<HTMLTableElement>("table.matrix");
  const heads = [...table.tHead!.rows[0]!.cells].slice(1).map((cell) => cell.textContent ?? "");
  const rows = [...table.tBodies[0]!.rows];
  const [left, top, wide, high] = [250, 190, 34, 24];
  const width = left + heads.length * wide + 12;
  const height = top + rows.length * high + 8;
  const whole = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "matrix" });
  heads.forEach((head, x) => {
    const at = left + x * wide + wide / 2 + 4;
    whole.append(svg("text", { x: at, y: top - 8, transform: `rotate(-60 ${at} ${top - 8})` }, head));
  });
  rows.forEach((row, y) => {
    const middle = top + y * high + high / 2;
    whole.append(svg("line", { x1: 8, x2: width - 8, y1: middle + high / 2, y2: middle + high / 2, class: "lane" }));
    whole.append(svg("text", { x: left - 10, y: middle + 4, "text-anchor": "end" }, row.cells[0]?.textContent ?? ""));
    [...row.cells].slice(1).forEach((cell, x) => {
      const shown = cell.querySelector("a.cell, .silent");
      if (!shown) return;
      const style = getComputedStyle(shown);
      const text = shown.classList.contains("silent") ? "∅" : (shown.textContent ?? "");
      const ground = svg("rect", { x: left + x * wide + 1, y: middle - high / 2 + 1, width: wide - 2, height: high - 2, rx: 3 });
      const said = svg("text", { x: left + x * wide + wide / 2, y: middle + 4, "text-anchor": "middle" }, text);
      whole.append(svg("g", { fill: style.backgroundColor }, ground), svg("g", { fill: style.color, class: "said" }, said));
    });
  });
  document.body.append(whole); // styles are read from the page, so the figure is in it for a moment
  setTimeout(() => whole.remove());
  return whole;
}
