// The SPARQL page: an editor with our terms and questions, answers as a table that can be downloaded. The query is the
// part of the address after "#", so that it can be shared and never reaches a log; each run is a step of the history.
import { html, need, pageData, safeHref } from "../lib/dom";
import { action, share } from "../lib/export";
import { download } from "../lib/figure";
import { root } from "../lib/url";
import type { Editor } from "../lib/editor";

interface Value {
  type: "uri" | "literal" | "bnode";
  value: string;
  datatype?: string;
  "xml:lang"?: string;
}
interface Results {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, Value>[] };
}

const BASE = "https://w3id.org/demarche/";
const SHOWN = 500;
const FILES: [string, string, string][] = [
  ["CSV", "text/csv", "csv"],
  ["TSV", "text/tab-separated-values", "tsv"],
  ["JSON", "application/sparql-results+json", "json"],
  ["XML", "application/sparql-results+xml", "xml"],
];
const GRAPHS: [string, string, string][] = [
  ["Turtle", "text/turtle", "ttl"],
  ["JSON-LD", "application/ld+json", "jsonld"],
  ["N-Triples", "application/n-triples", "nt"],
];

const form = need<HTMLFormElement>("form.query");
const area = need<HTMLTextAreaElement>("#query");
const answer = need<HTMLElement>("#answer");
let editor: Editor | undefined;
let running: AbortController | undefined;

fromAddress();
addEventListener("hashchange", fromAddress);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void run();
});
document.querySelectorAll<HTMLElement>("[data-example]").forEach((one) => {
  const use = action("use", "put this query into the editor", () => {
    write(one.querySelector("pre")?.textContent ?? "");
    form.scrollIntoView({ block: "start" });
  });
  one.querySelector("summary")?.after(use);
});
void import("../lib/editor").then(({ edit }) => {
  editor = edit(area, pageData<Record<string, string>>("terms"), () => void run());
});

function text(): string {
  return editor ? editor.text() : area.value;
}

function write(query: string): void {
  area.value = query; // its default stays what the page came with
  editor?.write(query);
}

/** What the address asks, as when the reader comes back to it; without a query the page is as it was at first. */
function fromAddress(): void {
  const query = new URLSearchParams(location.hash.slice(1)).get("query");
  if (query === null && !answer.hasChildNodes()) return;
  running?.abort();
  write(query ?? area.defaultValue);
  if (query) void run();
  else answer.replaceChildren();
}

async function run(): Promise<void> {
  const query = text();
  running?.abort();
  const { signal } = (running = new AbortController());
  const address = `#${new URLSearchParams({ query })}`;
  if (address !== location.hash) history.pushState(null, "", address);
  const started = performance.now();
  const seconds = html("span", { class: "elapsed", "aria-hidden": "true" });
  const clock = setInterval(() => (seconds.textContent = `${((performance.now() - started) / 1000).toFixed(1)} s `), 100);
  const stop = action("stop", "stop waiting for the answer", () => running?.abort());
  answer.replaceChildren(html("p", { role: "status" }, "asking … ", seconds, stop));
  try {
    const reply = await ask(query, "application/sparql-results+json, text/turtle;q=0.9", signal);
    show(reply, query, performance.now() - started);
  } catch (error) {
    if (signal !== running.signal) return; // a newer query has the place
    if (signal.aborted) answer.replaceChildren(html("p", { role: "status" }, "stopped"));
    else answer.replaceChildren(html("p", { class: "warning", role: "alert" }, error instanceof Error ? error.message : String(error)));
  } finally {
    clearInterval(clock);
  }
}

interface Reply {
  type: string;
  body: string;
}

async function ask(query: string, accept: string, signal?: AbortSignal): Promise<Reply> {
  const reply = await fetch(`${root}/sparql`, {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query", Accept: accept },
    body: query,
    ...(signal ? { signal } : {}),
  });
  const body = await reply.text();
  if (!reply.ok) throw new Error(`${reply.status}: ${detail(body)}`);
  return { type: reply.headers.get("Content-Type") ?? "", body };
}

function detail(body: string): string {
  try {
    const problem = JSON.parse(body) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? body;
  } catch {
    return body.slice(0, 500);
  }
}

function show(reply: Reply, query: string, ms: number): void {
  answer.replaceChildren(html("pre", { class: "on-paper" }, query), ...shown(reply, query, ms));
}

function shown(reply: Reply, query: string, ms: number): HTMLElement[] {
  const took = `${Math.round(ms)} ms`;
  if (!reply.type.includes("sparql-results")) {
    return [html("p", { role: "status" }, `a graph, ${took} `, ...files(query, GRAPHS)), html("pre", { tabindex: 0 }, reply.body)];
  }
  const found = JSON.parse(reply.body) as Results;
  if (found.boolean !== undefined) return [html("p", { role: "status" }, `${found.boolean ? "yes" : "no"}, ${took}`)];
  const rows = found.results?.bindings ?? [];
  const said = `${rows.length} row${rows.length === 1 ? "" : "s"}, ${took}${rows.length > SHOWN ? `; the first ${SHOWN} are shown, the files have all` : ""} `;
  return [html("p", { role: "status" }, said, ...files(query, FILES)), table(found.head.vars ?? [], rows.slice(0, SHOWN))];
}

function files(query: string, kinds: [string, string, string][]): HTMLElement[] {
  const buttons = kinds.map(([name, type, ending]) =>
    action(name, `download the answer as ${name}`, async () => {
      const { body } = await ask(query, type);
      download(new Blob([body], { type }), `demarche-answer.${ending}`);
    }),
  );
  return [html("span", { class: "tools" }, ...buttons, share())];
}

function table(names: string[], rows: Record<string, Value>[]): HTMLElement {
  const head = html("tr", {}, ...names.map((name) => html("th", { scope: "col" }, name)));
  const body = rows.map((row) => html("tr", {}, ...names.map((name) => html("td", {}, cell(row[name])))));
  const made = html("table", {}, html("thead", {}, head), html("tbody", {}, ...body));
  return html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Answer" }, made);
}

/** A link for an IRI: of ours to its page here, of others only on the web. Everything else is text. */
function cell(value: Value | undefined): Node {
  if (!value) return html("span", { class: "none", title: "unbound" }, "–");
  if (value.type !== "uri") return document.createTextNode(value.value);
  const ours = value.value.startsWith(BASE);
  const target = ours ? `${root}/${value.value.slice(BASE.length)}` : value.value;
  const name = ours ? value.value.slice(BASE.length).replace(/^id\//, "") : value.value;
  return safeHref(target) === null ? document.createTextNode(value.value) : html("a", { href: target }, name);
}
