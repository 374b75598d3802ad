// The network page: a drawing beside the table with the same nodes. Choosing a node shows its neighbourhood, choosing a
// second one the shortest path, by name, by row or by click; the address holds all of it.
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
const ends = need<HTMLFormElement>("form.ends");
let drawing: Drawing | undefined;
let page = pageData<Page>("drawn");
let order: (asked: string | undefined) => void = () => undefined;
let drawnFor = asked(state());

box.hidden = ends.hidden = false;
tools();
slider();
followTheForm();
followTheNames();
draw().catch(fail);
onState((now) => {
  order(now["sort"]);
  if (asked(now) === drawnFor) return choose(now);
  drawnFor = asked(now);
  renew();
});

/** Have the network of the address drawn. Where that fails nothing stays of the one before, which the address denies. */
function renew(): void {
  box.setAttribute("aria-busy", "true");
  refresh(...PARTS)
    .then(async () => {
      box.removeAttribute("aria-busy");
      need<HTMLElement>(".beside").hidden = false;
      await draw();
    })
    .catch(fail);
}

function asked(now: State): string {
  return ASKED.map((name) => now[name] ?? "").join("|");
}

async function draw(): Promise<void> {
  page = pageData<Page>("drawn");
  const table = document.querySelector<HTMLTableElement>("#ranking table.sortable");
  order = table ? sortable(table, (sort) => go({ sort }, { replace: true })) : () => undefined;
  order(state()["sort"]);
  followTheTable();
  need("#names").replaceChildren(...page.graph.nodes.map(({ label }) => html("option", { value: label })));
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
    "Size: the measure. Colour and number: communities. Click a node for its neighbourhood, a second one with Shift for the path between them. Labels stand where they have room: zoom in for more.";
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

/** All rows stay; those of what is shown are marked. */
function choose(now: State): void {
  const [node, to] = [whole(now["node"]), whole(now["to"])];
  const found = chosen(node, to);
  const shown = new Set(found);
  const chosenEnds = [node, to].filter((one): one is string => one !== null && known(one));
  drawing?.choose(found, chosenEnds);
  for (const row of document.querySelectorAll<HTMLElement>("#ranking tr[data-node]")) {
    const iri = row.dataset["node"] ?? "";
    row.classList.toggle("chosen", chosenEnds.includes(iri));
    row.classList.toggle("near", shown.has(iri));
  }
  for (const [field, iri] of [["node", node], ["to", to]] as const) input(field).value = iri ? name(iri) : "";
  tell(node, to, found ?? []);
}

function known(iri: string): boolean {
  return page.graph.nodes.some(({ id }) => id === iri);
}

/** The nodes to show: undefined for all, as when a chosen one is not in this network. */
function chosen(node: string | null, to: string | null): string[] | undefined {
  if (!node || !known(node) || (to && !known(to))) return undefined;
  return to ? shortestPath(page.graph, page.directed, node, to) : neighbourhood(page.graph, node);
}

/** What is chosen; of a path in this network also where to read how the record as a whole connects the two. */
function tell(node: string | null, to: string | null, found: string[]): void {
  const told = need<HTMLElement>("#path");
  if (!node && !to) return told.replaceChildren();
  const clear = action("show all", "leave what is chosen", () => go({ node: null, to: null }));
  const missing = [node, to].find((one) => one && !known(one));
  if (missing) return told.replaceChildren(html("p", { class: "warning" }, `${short(missing)} is not in this network: widen its window, or choose another node. `, clear));
  if (!node) return told.replaceChildren(html("p", {}, "Choose the node at which the path begins. ", clear));
  if (!to) {
    const others = found.filter((one) => one !== node).map(name).sort((one, other) => one.localeCompare(other));
    const all = html("details", {}, html("summary", {}, "their names"), html("p", {}, others.join(", ")));
    return told.replaceChildren(html("p", {}, `${name(node)} and its ${others.length} neighbours. `, clear), ...(others.length ? [all] : []));
  }
  const steps = found.length ? found.map(name).join(" – ") : "nothing in this network connects them";
  const more = html("a", { href: `${root}/questions/connection?${new URLSearchParams({ first: short(node), second: short(to) })}` }, "how the whole record connects them, step by step, with sources");
  told.replaceChildren(html("h2", {}, `From ${name(node)} to ${name(to)}`), html("p", {}, `${steps}. `, more, " ", clear));
}

function input(field: string): HTMLInputElement {
  return need<HTMLInputElement>(`form.ends [name=${field}]`);
}

/** The two ends by their names, typed or picked from the list. */
function followTheNames(): void {
  const ask = (): void => {
    try {
      const [node, to] = [named(input("node").value), named(input("to").value)];
      go({ node: node && short(node), to: to && short(to) });
    } catch (error) {
      fail(error);
    }
  };
  ends.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  ends.addEventListener("change", ask);
}

/** The node of that name, or the only one whose name has the text in it; null for no text. */
function named(text: string): string | null {
  const asked = text.trim().toLowerCase();
  if (!asked) return null;
  const whole = page.graph.nodes.filter(({ id, label }) => label.toLowerCase() === asked || short(id) === asked);
  const found = whole.length ? whole : page.graph.nodes.filter(({ label }) => label.toLowerCase().includes(asked));
  if (!found.length) throw new Problem(`No node of this network is called ${text.trim()}.`);
  if (found.length > 1 && !whole.length) throw new Problem(`${text.trim()} may be any of ${found.slice(0, 6).map(({ label }) => label).join(", ")}${found.length > 6 ? " and others" : ""}.`);
  return found[0]?.id ?? null;
}

function name(iri: string): string {
  return page.graph.nodes.find(({ id }) => id === iri)?.label ?? short(iri);
}

/** A row chooses its node as a click on the drawing does; its link still leads to the page of the actor. */
function followTheTable(): void {
  document.querySelectorAll<HTMLElement>("#ranking tr[data-node]").forEach((row) => {
    const node = row.dataset["node"] ?? "";
    const around = action("around", `show ${name(node)} and its neighbours`, () => go({ node: toggled(node), to: null }));
    const path = action("path to", `show the path to ${name(node)} from the chosen node`, () => go({ to: short(node) }));
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
  if (drawing) return drawing.picture();
  throw new Problem("Nothing is drawn here, so there is no figure of it; GEXF and CSV have the data.");
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
  if (format === "gexf") query.set("measure", state()["measure"] ?? "pagerank");
  location.assign(`${root}/network/${state()["projection"] ?? "co-reaction"}?${query}`);
}

/** Two handles on the years of the record; the fields above take other years, months and days as well. */
function slider(): void {
  const host = need<HTMLElement>(".slider");
  const [first, last] = [Number(host.dataset["first"]), Number(host.dataset["last"])];
  const handle = (label: string) => html("input", { type: "range", min: first, max: last, step: 1, "aria-label": label });
  const [from, until] = [handle("first year"), handle("last year")];
  const told = html("output", {});
  const years = (): [number, number] => [Math.min(+from.value, +until.value), Math.max(+from.value, +until.value)];
  const tellYears = (low: string | number, high: string | number): void => {
    told.textContent = String(low) === String(high) ? `${low}` : `${low}–${high}`;
  };
  let moving = false; // one hold of a handle, however many steps, is one step of the history
  const ask = (): void => {
    const [low, high] = years();
    go({ from: low > first ? String(low) : null, until: high < last ? String(high) : null }, { replace: moving });
    moving = true;
  };
  for (const one of [from, until]) {
    one.addEventListener("input", () => tellYears(...years()));
    one.addEventListener("change", ask);
    for (const begin of ["pointerdown", "focus"]) one.addEventListener(begin, () => (moving = false));
  }
  host.append(from, until, told);
  host.hidden = false;
  onState((now) => {
    from.value = now["from"]?.slice(0, 4) ?? String(first);
    until.value = now["until"]?.slice(0, 4) ?? String(last);
    tellYears(now["from"] ?? first, now["until"] ?? last);
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

/** What the reader asked for cannot be; what is shown stays. */
class Problem extends Error {}

function fail(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  const says = html("p", { class: "warning", role: "alert" }, error instanceof Error ? error.message : String(error));
  need("#path").replaceChildren(says);
  if (error instanceof Problem) return;
  box.removeAttribute("aria-busy");
  need<HTMLElement>(".beside").hidden = true;
  says.append(" ", action("try again", "ask for this network once more", renew));
}
