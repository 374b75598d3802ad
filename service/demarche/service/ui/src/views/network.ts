// The network page: a drawing beside the table with the same nodes. Choosing a node shows its neighbourhood, choosing a
// second one the shortest path; the address holds all of it.
import { html, need, pageData } from "../lib/dom";
import { action, exportButtons } from "../lib/export";
import type { Words } from "../lib/figure";
import { sortable } from "../lib/sortable";
import { go, onState, refresh, root, state, type State } from "../lib/url";
import { neighbourhood, shortestPath, type NodeLink } from "../lib/paths";
import type { Drawing } from "../lib/drawing";

interface Page {
  graph: NodeLink;
  groups: Record<string, number>;
  directed: boolean;
}

const PARTS = ["#ranking", "#definition", "#files"];
const ASKED = ["projection", "fold", "measure", "from", "until", "explicit_only"];
const box = need<HTMLElement>("#network");
const form = need<HTMLFormElement>("form.filter");
let drawing: Drawing | undefined;
let page = pageData<Page>("drawn");
let drawnFor = asked(state());

box.hidden = false;
tools();
slider();
followTheForm();
draw().catch(fail);
onState((now) => {
  if (asked(now) === drawnFor) return choose(now);
  drawnFor = asked(now);
  refresh(...PARTS).then(draw).catch(fail);
});

function asked(now: State): string {
  return ASKED.map((name) => now[name] ?? "").join("|");
}

async function draw(): Promise<void> {
  page = pageData<Page>("drawn");
  sortable(need("#ranking"));
  followTheTable();
  drawing?.end();
  drawing = undefined;
  const host = need<HTMLElement>("#network .drawing");
  host.replaceChildren();
  choose(state());
  if (!page.graph.nodes.length) return void host.append(html("p", { class: "nothing" }, "nothing to draw"));
  if (!drawable()) {
    const says = "This browser draws no WebGL, so there is no drawing; the table has the same nodes and measures.";
    return void host.append(html("p", { class: "nothing" }, says));
  }
  const { drawn } = await import("../lib/drawing");
  drawing = drawn(host, page, sizes(), pick);
  need("#network figcaption").textContent =
    "Size: the measure. Colour and number: communities. Click a node for its neighbourhood, a second one with Shift for the path between them.";
  choose(state());
}

function drawable(): boolean {
  return Boolean(document.createElement("canvas").getContext("webgl2") ?? document.createElement("canvas").getContext("webgl"));
}

/** A node that is clicked is chosen; with Shift, after another, it is the end of the path. */
function pick(node: string, second: boolean): void {
  go(second && state()["node"] ? { to: short(node) } : { node: toggled(node), to: null });
}

/** The measure of each node, as the table has it. */
function sizes(): Map<string, number> {
  return new Map(
    [...document.querySelectorAll<HTMLElement>("#ranking tr[data-node]")].map((row) => [row.dataset["node"] ?? "", Number(row.children[2]?.textContent)]),
  );
}

function toggled(node: string): string | null {
  return state()["node"] === short(node) ? null : short(node);
}

/** In the address a thing of ours goes by its reference: body/jpn. */
function short(iri: string): string {
  return iri.replace("https://w3id.org/demarche/id/", "");
}

function whole(reference: string | undefined): string | null {
  if (!reference) return null;
  return reference.includes("://") ? reference : `https://w3id.org/demarche/id/${reference}`;
}

function choose(now: State): void {
  const [node, to] = [whole(now["node"]), whole(now["to"])];
  const found = chosen(node, to);
  const shown = found && new Set(found);
  drawing?.choose(found, Boolean(to));
  for (const row of document.querySelectorAll<HTMLElement>("#ranking tr[data-node]")) {
    const iri = row.dataset["node"] ?? "";
    row.classList.toggle("chosen", iri === node || iri === to);
    row.hidden = shown !== undefined && !shown.has(iri);
  }
  tellPath(node, to, found ?? []);
}

/** The nodes to show: undefined for all, as when the chosen one is not in this network. */
function chosen(node: string | null, to: string | null): string[] | undefined {
  if (!node || !page.graph.nodes.some(({ id }) => id === node)) return undefined;
  return to ? shortestPath(page.graph, page.directed, node, to) : neighbourhood(page.graph, node);
}

/** The path in this network, and where to read how the record as a whole connects the two. */
function tellPath(node: string | null, to: string | null, path: string[]): void {
  const told = need<HTMLElement>("#path");
  if (!node) return told.replaceChildren();
  const clear = action("show all", "leave the neighbourhood", () => go({ node: null, to: null }));
  if (!to) {
    const says = path.length ? `${name(node)} and its ${path.length - 1} neighbours. ` : `${name(node)} is not in this network. `;
    told.replaceChildren(html("p", {}, says, clear));
    return;
  }
  const steps = path.length ? path.map(name).join(" – ") : "nothing in this network connects them";
  const more = html("a", { href: `${root}/questions/connection?${new URLSearchParams({ first: short(node), second: short(to) })}` }, "step by step, with sources");
  told.replaceChildren(html("h2", {}, `From ${name(node)} to ${name(to)}`), html("p", {}, `${steps}. `, more, " ", clear));
}

function name(iri: string): string {
  const row = document.querySelector(`#ranking tr[data-node="${CSS.escape(iri)}"] th`);
  return row?.firstChild?.textContent ?? short(iri);
}

/** A row chooses its node as a click on the drawing does; its link still leads to the page of the actor. */
function followTheTable(): void {
  document.querySelectorAll<HTMLElement>("#ranking tr[data-node]").forEach((row) => {
    const node = row.dataset["node"] ?? "";
    const around = action("around", `show ${name(node)} and its neighbours`, () => go({ node: toggled(node), to: null }));
    const path = action("path to", `show the path to ${name(node)} from the chosen node`, () => go(state()["node"] ? { to: short(node) } : { node: short(node) }));
    row.querySelector("th")?.append(" ", html("span", { class: "chooses" }, around, path));
  });
}

function tools(): void {
  need("#network .tools").append(
    action("+", "zoom in", () => drawing?.zoom(0.66)),
    action("−", "zoom out", () => drawing?.zoom(1.5)),
    action("centre", "show the whole network", () => drawing?.centre()),
    ...exportButtons("demarche-network", picture, words),
    action("GEXF", "download for Gephi", () => file("gexf")),
    action("CSV", "download the ties as CSV", () => file("csv")),
  );
}

function picture(): SVGSVGElement {
  if (!drawing) throw new Error("nothing is drawn here, so there is no figure of it");
  return drawing.picture();
}

/** The heading and the key of the figure: what the form says, and what is chosen. */
function words(): Words {
  const now = state();
  const said = (name: string): string => form.querySelector<HTMLSelectElement>(`select[name=${name}]`)?.value ?? "";
  const window = now["from"] || now["until"] ? [`${now["from"] ?? "the beginning"} to ${now["until"] ?? "today"}`] : [];
  const told = need("#path").querySelector("h2, p")?.firstChild?.textContent?.trim().replace(/\.$/, "");
  return {
    title: [`Network of ${said("projection")} by ${said("fold")}`, ...window, ...(now["explicit_only"] ? ["explicit only"] : []), ...(told ? [told] : [])].join(", "),
    key: [{ says: `Size: ${said("measure")}. Colour and number: communities. ${need("#definition").textContent?.split(". ")[0] ?? ""}.` }],
  };
}

function file(format: string): void {
  const query = new URLSearchParams(Object.entries(state()).filter(([name]) => ["from", "until", "explicit_only"].includes(name)));
  query.set("fold", state()["fold"] ?? "government");
  query.set("format", format);
  location.assign(`${root}/network/${state()["projection"] ?? "co-reaction"}?${query}`);
}

/** Two handles on the years of the record; the fields above take months and days as well. */
function slider(): void {
  const host = need<HTMLElement>(".slider");
  const [first, last] = [Number(host.dataset["first"]), Number(host.dataset["last"])];
  const handle = (label: string, value: number) => html("input", { type: "range", min: first, max: last, step: 1, value, "aria-label": label });
  const [from, until] = [handle("first year", first), handle("last year", last)];
  const told = html("output", {});
  const set = (): void => {
    const [low, high] = [Math.min(+from.value, +until.value), Math.max(+from.value, +until.value)];
    told.textContent = low === high ? `${low}` : `${low}–${high}`;
  };
  const ask = (): void => {
    set();
    const [low, high] = [Math.min(+from.value, +until.value), Math.max(+from.value, +until.value)];
    go({ from: low > first ? String(low) : null, until: high < last ? String(high) : null });
  };
  for (const one of [from, until]) {
    one.addEventListener("input", set);
    one.addEventListener("change", ask);
  }
  host.append(from, until, told);
  host.hidden = false;
  onState((now) => {
    from.value = now["from"]?.slice(0, 4) ?? String(first);
    until.value = now["until"]?.slice(0, 4) ?? String(last);
    set();
  });
}

function followTheForm(): void {
  const ask = (): void => {
    const given = Object.fromEntries(new FormData(form)) as Record<string, string>;
    go({ explicit_only: null, node: null, to: null, ...Object.fromEntries(ASKED.map((name) => [name, given[name] ?? null])) });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  form.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.type === "checkbox") ask();
  });
  onState((now) => {
    for (const field of form.elements) {
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = Boolean(now[field.name]);
      else if (field instanceof HTMLInputElement) field.value = now[field.name] ?? "";
      else if (field instanceof HTMLSelectElement && now[field.name]) field.value = now[field.name] ?? "";
    }
  });
}

function fail(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  need("#path").replaceChildren(html("p", { class: "warning", role: "alert" }, error instanceof Error ? error.message : String(error)));
}
