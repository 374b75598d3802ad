// The start page: every launch on a timeline, in a lane for its class; the list below follows the same filter.
import { html, need, pageData, svg, tickName, unit } from "../lib/dom";
import { action, exportButtons } from "../lib/export";
import { SHEET, type KeyEntry, type Words } from "../lib/figure";
import { stacked } from "../lib/swarm";
import { go, onState, root, type State } from "../lib/url";

interface Mark {
  id: string;
  label: string;
  date: string;
  class: string;
  outcome: string;
  km: number | null;
  reactions: number;
}

const LANES: [string, string][] = [
  ["icbm", "ICBM"],
  ["irbm", "IRBM"],
  ["mrbm", "MRBM"],
  ["srbm", "SRBM"],
  ["slbm", "SLBM"],
  ["hgv", "glide vehicle"],
  ["slv", "satellite launcher"],
  ["nuclear", "nuclear test"],
  ["other", "other"],
];
const KEY = [
  ["success", "success"],
  ["failure", "failure"],
  ["unknown", "outcome not known"],
  ["mixed", "sources differ"],
  ["reacted", "reactions on record"],
] as const;
const DAY = 86_400_000;
const LEFT = 136;
const LANE = 34; // at least

const marks = pageData<Mark[]>("marks").map((mark) => ({ ...mark, at: Date.parse(padded(mark.date)) }));
const lanes = LANES.filter(([id]) => marks.some((mark) => mark.class === id));
const whole: Span = [Date.UTC(1984, 0, 1), Math.max(...marks.map((mark) => mark.at)) + 120 * DAY];
const box = need<HTMLElement>("#timeline");
const drawing = need<HTMLElement>("#timeline .drawing");
type Span = [number, number];

const salvos = new Map(
  [...document.querySelectorAll<HTMLElement>("li[data-id]")].map((one) => [
    one.dataset["id"] ?? "",
    Number.parseInt(one.querySelector(".count")?.textContent ?? "0", 10),
  ]),
);

let shown: Span = whole;
let asked: Span = whole;
let listed = new Set<string>();
let inside: typeof marks = [];

box.hidden = false;
tools();
onState(draw);
new ResizeObserver(() => draw(Object.fromEntries(new URLSearchParams(location.search)))).observe(drawing);
followTheForm();

function draw(now: State): void {
  asked = spanOf(now);
  shown = asked[0] < asked[1] ? asked : whole;
  list(now);
  inside = marks.filter((mark) => listed.has(mark.id));
  const larger = unit();
  drawing.replaceChildren(drawn(Math.max(320, drawing.clientWidth / larger), Math.max(560, (innerHeight / larger) * 0.6)));
  need("#timeline figcaption").replaceChildren(...caption());
}

/** What is shown, so wide, and if it can be no higher than the room. */
function drawn(width: number, room: number): SVGSVGElement {
  const left = width < 600 ? 64 : LEFT;
  const x = (at: number) => left + ((at - shown[0]) / (shown[1] - shown[0])) * (width - left - 12);
  const found = lanes.map(([id]) => inside.filter((mark) => mark.class === id));
  const placed = stacked(found.map((some) => some.map((mark) => ({ x: x(mark.at), r: reach(mark) }))), LANE, room);
  const height = placed.height + 30;
  const rows = lanes.map(([, name], at) =>
    svg("g", {}, ...lane(name, placed.middles[at]!, width, left), ...found[at]!.map((mark, one) => glyph(mark, x(mark.at), placed.places[at]![one]!, placed.scale))),
  );
  const none = !inside.length && svg("text", { x: (left + width) / 2, y: height / 2, "text-anchor": "middle" }, "no launch or test is like that");
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", class: "timeline" }, ...years(x, width, height), ...rows, none);
}

/** What the address asks for: from and until as a year, a month or a day, both included; the end may be before the start. */
function spanOf(now: State): Span {
  const first = now["from"] ? Date.parse(padded(now["from"])) : whole[0];
  const last = now["until"] ? endOf(now["until"]) : whole[1];
  return Number.isFinite(first) && Number.isFinite(last) ? [first, last] : whole;
}

/** A launch of a salvo stands for the salvo's reactions too. */
function reactionsOf(mark: Mark): number {
  return Math.max(mark.reactions, salvos.get(mark.id) ?? 0);
}

function lane(name: string, middle: number, width: number, left: number): SVGElement[] {
  const label = width < 600 ? (name.split(" ")[0] ?? name) : name;
  return [
    svg("line", { x1: left, x2: width - 12, y1: middle, y2: middle, class: "lane" }),
    svg("text", { x: left - 10, y: middle + 4, "text-anchor": "end", class: "label" }, label),
  ];
}

function years(x: (at: number) => number, width: number, height: number): SVGElement[] {
  return ticks(width).map(([at, name]) =>
    svg(
      "g",
      {},
      svg("line", { x1: x(at), x2: x(at), y1: 0, y2: height - 24, class: "tick" }),
      tickName(x(at), height - 8, name, width),
    ),
  );
}

/** Years, months when less than three years are shown, days when less than two months are: at most fourteen labels. */
function ticks(width: number): [number, string][] {
  const room = width < 600 ? 4 : 14;
  const first = new Date(shown[0]);
  const [year, month, day] = [first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate()];
  const months = (shown[1] - shown[0]) / (30.4 * DAY);
  if (months < 2) {
    const step = Math.ceil((months * 30.4) / Math.min(room, 10));
    return named(range(Math.ceil(months * 31) + 2, (n) => Date.UTC(year, month, day + n * step)), 10);
  }
  if (months < 36) {
    const step = Math.max(1, Math.ceil(months / room));
    return named(range(Math.ceil(months) + 2, (n) => Date.UTC(year, month + n * step, 1)), 7);
  }
  const step = [1, 2, 5, 10].find((years) => months / 12 / years <= room) ?? 10;
  return named(range(50, (n) => Date.UTC((Math.ceil(year / step) + n) * step, 0, 1)), 4);
}

/** Those that are shown, with as many letters of their date. */
function named(ticks: number[], letters: number): [number, string][] {
  return ticks.filter((at) => at >= shown[0] && at <= shown[1]).map((at) => [at, new Date(at).toISOString().slice(0, letters)]);
}

/** Size by distance, shape by class, colour and filling by outcome; a ring where reactions are on record. */
function glyph(mark: Mark, x: number, y: number, scale: number): SVGElement {
  const size = sizeOf(mark) * scale;
  const reactions = reactionsOf(mark);
  const title = `${mark.label}; ${mark.outcome}${mark.km ? `, ${mark.km} km` : ""}; ${reactions ? `${reactions} reactions` : "no reaction on record"}`;
  return svg(
    "a",
    { href: `${root}/launches/${mark.id}`, tabindex: -1, class: `mark ${mark.outcome}`, "data-id": mark.id },
    svg("title", {}, title),
    reactions > 0 && svg("circle", { cx: x, cy: y, r: size + 3 * scale, class: "ring" }),
    shape(mark.class, x, y, size),
    stroke(mark.outcome, x, y, size),
  );
}

/** What crosses a mark, so that no outcome is told by colour alone: a failure is struck out, a bar divides what sources differ on. */
function stroke(outcome: string, x: number, y: number, r: number): SVGElement | false {
  const strokes: Record<string, string> = { failure: `M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}`, mixed: `M${x - r} ${y}H${x + r}` };
  const d = strokes[outcome];
  return d !== undefined && svg("path", { d, class: "stroke" });
}

function sizeOf(mark: Mark): number {
  return 3 + Math.sqrt((mark.km ?? 100) / 1000) * 2;
}

/** How far a mark reaches from its middle, with its ring and its points. */
function reach(mark: Mark): number {
  return sizeOf(mark) + (reactionsOf(mark) ? 4 : 1);
}

function shape(kind: string, x: number, y: number, r: number): SVGElement {
  const path = (...points: [number, number][]) => svg("polygon", { points: points.map(([dx, dy]) => `${x + dx},${y + dy}`).join(" ") });
  switch (kind) {
    case "icbm":
      return path([0, -r * 1.25], [r * 1.15, r * 0.85], [-r * 1.15, r * 0.85]);
    case "irbm":
      return path([0, -r * 1.2], [r * 1.2, 0], [0, r * 1.2], [-r * 1.2, 0]);
    case "mrbm":
      return svg("rect", { x: x - r * 0.9, y: y - r * 0.9, width: r * 1.8, height: r * 1.8 });
    case "slbm":
      return path([0, r * 1.25], [r * 1.15, -r * 0.85], [-r * 1.15, -r * 0.85]);
    case "slv":
      return path([0, -r * 1.3], [r * 0.8, r], [0, r * 0.45], [-r * 0.8, r]);
    case "nuclear":
      return svg("polygon", { points: range(16, (n) => `${x + Math.sin((n * Math.PI) / 8) * r * (n % 2 ? 0.7 : 1.5)},${y - Math.cos((n * Math.PI) / 8) * r * (n % 2 ? 0.7 : 1.5)}`).join(" ") });
    case "hgv":
      return path([r * 1.3, 0], [-r * 0.9, r * 1.15], [-r * 0.9, -r * 1.15]);
    case "other":
      return svg("polygon", { points: plus(r).map(([dx, dy]) => `${x + dx},${y + dy}`).join(" ") });
    default:
      return svg("circle", { cx: x, cy: y, r });
  }
}

/** A cross of four arms, from the left end of its upper one on. */
function plus(r: number): [number, number][] {
  const [arm, end] = [r * 0.55, r * 1.25];
  return [[-arm, -end], [arm, -end], [arm, -arm], [end, -arm], [end, arm], [arm, arm], [arm, end], [-arm, end], [-arm, arm], [-end, arm], [-end, -arm], [-arm, -arm]];
}

function caption(): Node[] {
  const icon = (mark: SVGElement) => svg("svg", { width: 18, height: 14, viewBox: "-9 -7 18 14", "aria-hidden": "true" }, mark);
  const text = "One mark for each launch; those of a salvo are shown or left out together, as in the list. Size: distance flown. ";
  return [document.createTextNode(text), ...key().map(({ says, mark }) => html("span", { class: "key" }, mark ? icon(mark) : "", says))];
}

/** The outcomes, and the shapes of the lanes. */
function key(): KeyEntry[] {
  return [
    ...KEY.map(([outcome, says]) => ({ says, mark: keyMark(outcome) })),
    ...lanes.map(([id, says]) => ({ says, mark: svg("g", { class: "mark kind" }, shape(id, 0, 0, 4.5)) })),
  ];
}

function keyMark(outcome: string): SVGElement {
  const reacted = outcome === "reacted";
  return svg(
    "g",
    { class: `mark ${reacted ? "success" : outcome}` },
    reacted && svg("circle", { r: 6, class: "ring" }),
    svg("circle", { r: reacted ? 3 : 4.5 }),
    stroke(outcome, 0, 0, 4.5),
  );
}

/** The heading and the key of the figure that leaves the page. */
function words(): Words {
  const days = inside.map(({ date }) => date).sort();
  const window = days.length ? [`${days[0]} to ${days.at(-1)}`] : [];
  const chosen = [...document.querySelectorAll<HTMLSelectElement>("form.filter select")].filter(({ value }) => value).map((one) => one.selectedOptions[0]?.text);
  return {
    title: ["Launches and nuclear tests", ...window, ...chosen].join(", "),
    key: [...key(), { says: "One mark for each launch. Size: distance flown." }],
  };
}

/** The list follows the address, and the timeline the list; the page came with the list of the address with which it was opened. */
function list(now: State): void {
  const all = [...document.querySelectorAll<HTMLElement>("ul.launches li")];
  for (const one of all) one.hidden = !admitted(one, now);
  const found = all.filter((one) => !one.hidden);
  listed = new Set(found.map((one) => one.dataset["id"] ?? ""));
  document.querySelectorAll<HTMLElement>("main section").forEach((year) => {
    const [some, every] = ["li:not([hidden])", "li"].map((entries) => year.querySelectorAll(entries).length);
    year.hidden = !some;
    need("h3 small", year).textContent = some === every ? `${every}` : `${some} of ${every}`;
  });
  const none = found.length ? "" : ": no launch or test is like that; widen the filter";
  need("#shown").textContent = `${found.length} of ${all.length} shown${none}`;
  need<HTMLElement>("[data-all]").hidden = found.length === all.length;
}

/** Whether an entry of the list is asked for: a launch, a test, or a salvo as a whole. */
function admitted(one: HTMLElement, now: State): boolean {
  const { date = "", class: kind = "", outcome = "" } = one.dataset;
  const at = Date.parse(padded(date));
  return (
    at >= asked[0] &&
    at <= asked[1] &&
    (!now["class"] || kind === now["class"]) &&
    (!now["outcome"] || outcome === now["outcome"]) &&
    (!now["reacted"] || now["reacted"] === "false" || one.classList.contains("reacted"))
  );
}

function tools(): void {
  need("#timeline .tools").append(
    action("+", "zoom in", () => zoom(0.5, middleOfMarks())),
    action("−", "zoom out", () => zoom(2, middleOfMarks())),
    action("‹", "earlier", () => pan(-0.5)),
    action("›", "later", () => pan(0.5)),
    action("all", "show all years", () => go({ from: null, until: null })),
    ...exportButtons("demarche-launches", () => drawn(SHEET.width, SHEET.height), words),
  );
  drawing.addEventListener("wheel", wheel, { passive: false });
  drawing.addEventListener("pointerdown", drag);
}

function wheel(event: WheelEvent): void {
  if (!event.ctrlKey && !event.shiftKey) return; // the page scrolls, unless a key says that the timeline is meant
  event.preventDefault();
  const { left, width } = drawing.getBoundingClientRect();
  const before = LEFT * unit();
  zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - left - before) / (width - before));
}

function drag(start: PointerEvent): void {
  const before = shown;
  const perPixel = (before[1] - before[0]) / Math.max(1, drawing.clientWidth - LEFT * unit());
  let moved = false;
  const move = (event: PointerEvent) => {
    const by = start.clientX - event.clientX;
    if (Math.abs(by) < 5 && !moved) return;
    moved = true;
    show([before[0] + by * perPixel, before[1] + by * perPixel]);
  };
  const stop = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    if (moved) drawing.addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
}

function zoom(by: number, around = 0.5): void {
  const length = Math.max(30 * DAY, (shown[1] - shown[0]) * by);
  const middle = shown[0] + (shown[1] - shown[0]) * around;
  show([middle - length * around, middle + length * (1 - around)]);
}

/** Where the marks that are shown have their middle one, as a share of the width: there is more to see. */
function middleOfMarks(): number {
  const inside = marks.map(({ at }) => at).filter((at) => at >= shown[0] && at <= shown[1]).sort((one, other) => one - other);
  return ((inside[Math.floor(inside.length / 2)] ?? (shown[0] + shown[1]) / 2) - shown[0]) / (shown[1] - shown[0]);
}

function pan(by: number): void {
  const length = shown[1] - shown[0];
  show([shown[0] + length * by, shown[1] + length * by]);
}

/** What is dragged or zoomed replaces the address, so that "back" leads to the page before and not to each step. */
function show([first, last]: Span): void {
  const length = Math.min(last - first, whole[1] - whole[0]);
  const from = Math.min(Math.max(first, whole[0]), whole[1] - length);
  const all = length >= whole[1] - whole[0];
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  go({ from: all ? null : day(from), until: all ? null : day(from + length) }, { replace: true });
}

/** The form asks without leaving the page, and shows what the address asks. */
function followTheForm(): void {
  const form = need<HTMLFormElement>("form.filter");
  form.addEventListener("input", () => {
    for (const one of form.querySelectorAll<HTMLInputElement>("input[pattern]")) one.setCustomValidity(isDate(one.value) ? "" : `${one.value} is no date`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form)) as Record<string, string>;
    go({ from: null, until: null, class: null, outcome: null, reacted: null, ...given });
  });
  onState((now) => {
    for (const field of form.elements) {
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = Boolean(now[field.name]);
      else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = now[field.name] ?? "";
    }
  });
}

/** Whether there is such a day, month or year; what has another form is left to the pattern of its field. */
function isDate(text: string): boolean {
  if (!/^\d{4}(-\d\d(-\d\d)?)?$/.test(text)) return true;
  const at = Date.parse(padded(text));
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

function padded(date: string): string {
  return `${date}${"0000-01-01".slice(date.length)}`;
}

function endOf(date: string): number {
  const [year = 0, month, day] = date.split("-").map(Number);
  if (day !== undefined) return Date.UTC(year, (month ?? 1) - 1, day + 1) - 1;
  return (month === undefined ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month, 1)) - 1;
}

function range<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
