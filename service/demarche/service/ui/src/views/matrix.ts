// The matrix page: a table that arrow keys walk, refreshed as the filter changes, and drawn as a figure for print.
import { need, pageData, svg } from "../lib/dom";
import { exportButtons } from "../lib/export";
import { figure, type Words } from "../lib/figure";
import { go, onState, refresh, state, type State } from "../lib/url";

const [WIDE, HIGH, MOST_ON_PAPER] = [40, 24, 16];
const ASKED = ["fold", "from", "until", "explicit_only"];
const form = need<HTMLFormElement>("form.filter");
let shownFor = asked(state());

need("#tools").append(...exportButtons("demarche-matrix", () => drawn(), words, pages));
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
  const rows = [...table.tBodies[0]!.rows].map((row) => [...row.cells].map((cell) => cell.querySelector<HTMLElement>("a.cell, a.silent")));
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

/** The table as SVG: what is on the screen, in the same order; columns ``from`` up to but without ``until``. */
function drawn(from = 0, until = Infinity): SVGSVGElement {
  const table = document.querySelector<HTMLTableElement>("table.matrix");
  if (!table) throw new Error("No reaction is like that, so there is no figure of it.");
  const heads = [...table.tHead!.rows[0]!.cells].slice(1).slice(from, until).map((cell) => cell.textContent ?? "");
  const width = heads.length * WIDE;
  const whole = svg("svg", { class: "matrix" });
  heads.forEach((head, x) => whole.append(svg("text", { x: 0, y: 0, transform: `translate(${x * WIDE + WIDE / 2 + 4} -8) rotate(-60)` }, head)));
  [...table.tBodies[0]!.rows].forEach((row, y) => {
    const middle = y * HIGH + HIGH / 2;
    whole.append(
      svg("line", { x1: 0, x2: width, y1: middle + HIGH / 2, y2: middle + HIGH / 2, class: "lane" }),
      svg("text", { x: -10, y: middle + 4, "text-anchor": "end" }, row.cells[0]?.textContent ?? ""),
    );
    [...row.cells].slice(1).slice(from, until).forEach((cell, x) => {
      const shown = cell.querySelector("a.cell, .silent");
      if (shown) whole.append(drawnCell(shown.className, shown.textContent ?? "", x * WIDE + WIDE / 2, middle));
    });
  });
  return whole;
}

function drawnCell(kind: string, text: string, x: number, y: number): SVGElement {
  const box = svg("rect", { x: x - WIDE / 2 + 1, y: y - HIGH / 2 + 1, width: WIDE - 2, height: HIGH - 2, rx: 3 });
  return svg("g", { class: kind }, box, svg("text", { x, y: y + 4, "text-anchor": "middle" }, text));
}

/** On paper the columns stand in as many figures as they need to be read. */
function pages(): SVGSVGElement[] {
  const columns = need<HTMLTableElement>("table.matrix").tHead!.rows[0]!.cells.length - 1;
  const each = Math.ceil(columns / Math.ceil(columns / MOST_ON_PAPER));
  return Array.from({ length: Math.ceil(columns / each) }, (_, page) => figure(drawn(page * each, (page + 1) * each), words()));
}

function words(): Words {
  const now = state();
  const window = now["from"] || now["until"] ? [`${now["from"] ?? "the beginning"} to ${now["until"] ?? "today"}`] : [];
  const title = [need("table.matrix caption").textContent ?? "", ...window, ...(now["explicit_only"] ? ["explicit only"] : [])].join(", ");
  const levels = pageData<{ rank: number; name: string }[]>("levels");
  const small = (kind: string, text: string) => svg("g", { transform: "scale(.55)" }, drawnCell(kind, text, 0, 0));
  const used = levels.filter(({ rank }) => document.querySelector(`.cell.level${rank}`));
  return {
    title,
    key: [
      { says: "The number is the highest rung of the ladder of reactions:" },
      ...used.map(({ rank, name }) => ({ says: `${rank} ${name}`, mark: small(`cell level${rank}`, "") })),
      { says: need(".legend [data-signs]").textContent ?? "" },
      { says: "every tie is presumed", mark: small("cell level1 presumed", "") },
      { says: "silent: a document that is taken to tell of every reaction it could see has none. An empty cell says only that no reaction is on record." },
    ],
  };
}
