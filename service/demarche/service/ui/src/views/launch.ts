// The page of a launch: its reactions fanned out by lag and level. An interval is drawn as an interval, never as a point.
import { need, pageData, svg, tickName, unit } from "../lib/dom";
import { exportButtons } from "../lib/export";
import { SHEET, type KeyEntry } from "../lib/figure";

interface Act {
  act: string;
  /** The id of its card on the page. */
  card: string;
  speaker: string;
  government: string | null;
  rank: number;
  stance: string | null;
  /** Its stance as a sign, and what it is directed at where that is not the launch. */
  sign: string;
  toward: string;
  link: "explicit" | "presumed";
  from: number | null;
  until: number | null;
  paraphrase: string;
}
type Dated = Act & { from: number; until: number };
interface Fan {
  label: string;
  acts: Act[];
}

const ROW = 20;
const LEFT = 150;
const LETTER = 6.6; // about how wide one is drawn, in pixels
const CAPTION =
  "Time after the launch to the right, evenly to the first day and compressed beyond it; rungs of the ladder of reactions upwards. A bar is the time in which the act fell, as far as its sources tell; where only the day is known, the hours before the launch are left out. Full: explicit. Dashed: presumed.";

const levels = new Map(pageData<{ rank: number; name: string }[]>("levels").map(({ rank, name }) => [rank, name]));
const fans = [1, 2].filter((n) => document.getElementById(`fan-${n}`)).map((n) => pageData<Fan>(`fan-${n}`));
const box = need<HTMLElement>("#fan");
const drawing = need<HTMLElement>("#fan .drawing");

if (fans.some(({ acts }) => acts.length)) {
  box.hidden = false;
  need("#fan .tools").append(...exportButtons("demarche-reactions", () => drawn(SHEET.width), () => ({ title: `Reactions to: ${fans.map(({ label }) => label).join("; ")}`, key: key() })));
  new ResizeObserver(draw).observe(drawing);
  draw();
}

function draw(): void {
  drawing.replaceChildren(drawn(Math.max(340, drawing.clientWidth / unit())));
  need("#fan figcaption").textContent = CAPTION;
}

function drawn(width: number): SVGSVGElement {
  const left = width < 600 ? 64 : LEFT;
  const scale = hours(width, left);
  let top = 30;
  const panels = fans.map((fan) => {
    const { group, bottom } = panel(fan, top, scale, width, left);
    top = bottom + 14;
    return group;
  });
  const axis = ticks(scale, top, width);
  const height = top - 6;
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Reactions by lag and level" }, axis, ...panels);
}

/** Hours after the launch to pixels: linear to the first day, compressed beyond it, so that minutes and weeks both show. */
function hours(width: number, left: number): (lag: number) => number {
  const lags = fans.flatMap(({ acts }) => acts.filter(dated).flatMap(({ from, until }) => [from, until]));
  const bend = (lag: number) => (lag <= 24 ? lag / 24 : 1 + Math.log(lag / 24));
  const [least, most] = [bend(-2), bend(Math.max(24, ...lags))];
  return (lag) => left + ((bend(lag) - least) / (most - least)) * (width - left - (width < 600 ? 12 : 150));
}

function panel(fan: Fan, top: number, scale: (lag: number) => number, width: number, left: number) {
  const moment = svg("line", { x1: scale(0), x2: scale(0), class: "moment" });
  const group = svg("g", {}, moment);
  let y = top;
  if (fans.length > 1) {
    group.append(svg("text", { x: 8, y: y + 12, class: "rung" }, fan.label));
    y += 22;
  }
  const ranks = [...new Set(fan.acts.map(({ rank }) => rank))].sort((one, other) => other - one);
  for (const rank of ranks) {
    const acts = fan.acts.filter((act) => act.rank === rank).sort(byLag);
    const name = width < 600 ? `${rank}` : `${rank} ${levels.get(rank) ?? ""}`;
    group.append(
      svg("line", { x1: 0, x2: width, y1: y, y2: y, class: "lane" }),
      svg("text", { x: 8, y: y + 14, class: "rung" }, name),
      ...acts.map((act, at) => drawAct(act, y + at * ROW + ROW / 2 + 2, scale, width, left)),
    );
    y += acts.length * ROW + 6;
  }
  moment.setAttribute("y1", String(fans.length > 1 ? top + 22 : top));
  moment.setAttribute("y2", String(y));
  return { group, bottom: y };
}

function drawAct(act: Act, y: number, scale: (lag: number) => number, width: number, left: number): SVGElement {
  const known = dated(act);
  const [from, until] = known ? [scale(act.from), scale(act.until)] : [left, left];
  const who = act.government && act.government !== act.speaker ? `${act.speaker}, ${act.government}` : act.speaker;
  const sign = act.sign && ` ${act.sign}`;
  const [before, behind] = [Math.max(from - 8 - (width < 600 ? 26 : left), 0), Math.max(width - until - 12, 0)];
  const after = behind >= textWidth(who + sign) || behind >= before;
  const shown = cut(width < 600 ? act.speaker : who, (after ? behind : before) - textWidth(sign));
  const made = svg(
    "a",
    { href: `#${act.card}`, class: `act ${act.link}`, "data-act": act.act },
    svg("title", {}, `${who}\n${act.paraphrase}\n${told(act)}`),
    known && svg("line", { x1: from, x2: Math.max(until, from + 1), y1: y, y2: y, class: "span" }),
    known && svg("path", { d: `M${from} ${y - 5}V${y + 5}M${until} ${y - 5}V${y + 5}`, class: "end" }),
    svg(
      "text",
      after ? { x: until + 8, y: y + 4 } : { x: from - 6, y: y + 4, "text-anchor": "end" },
      shown,
      svg("tspan", { class: "stance" }, `${sign}${known ? "" : " (no date)"}`),
    ),
  );
  made.addEventListener("mouseenter", () => light(act.act, true));
  made.addEventListener("mouseleave", () => light(act.act, false));
  return made;
}

/** About how wide a text is drawn, in pixels. */
function textWidth(text: string): number {
  return text.length * LETTER;
}

function cut(text: string, room: number): string {
  return textWidth(text) <= room ? text : `${text.slice(0, Math.max(3, Math.floor(room / LETTER) - 1))}…`;
}

function told(act: Act): string {
  const tie = `${act.link}, level ${act.rank}${act.stance ? `, ${act.stance}` : ""}${act.toward && ` toward ${act.toward}`}`;
  return dated(act) ? `${tie}; between ${lag(act.from)} and ${lag(act.until)} after the launch` : `${tie}; no date is known`;
}

function lag(hours: number): string {
  return hours < 1 ? `${Math.round(hours * 60)} min` : hours < 72 ? `${+hours.toFixed(1)} h` : `${+(hours / 24).toFixed(1)} days`;
}

function ticks(scale: (lag: number) => number, bottom: number, width: number): SVGElement {
  const group = svg("g");
  const marks: [number, string][] = [[0, "launch"], [6, "6 h"], [12, "12 h"], [24, "1 day"], [72, "3 d"], [168, "1 week"], [720, "1 month"], [8760, "1 year"]];
  let last = Number.NEGATIVE_INFINITY;
  for (const [at, name] of marks) {
    const x = scale(at);
    if (x > width - 10 || x - last < 44) continue;
    last = x;
    group.append(svg("line", { x1: x, x2: x, y1: 24, y2: bottom, class: "tick" }), tickName(x, 17, name, width));
  }
  return group;
}

function key(): KeyEntry[] {
  const bar = (link: string) => svg("g", { class: `act ${link}` }, svg("line", { x1: -8, x2: 8, class: "span" }), svg("path", { d: "M-8 -5V5M8 -5V5", class: "end" }));
  return [
    { says: "explicit: the source ties the act to the event", mark: bar("explicit") },
    { says: "presumed: the coder does", mark: bar("presumed") },
    { says: "the launch", mark: svg("line", { y1: -7, y2: 7, class: "moment" }) },
    { says: need("[data-signs]").textContent ?? "" },
    { says: CAPTION },
  ];
}

function light(act: string, on: boolean): void {
  for (const one of document.querySelectorAll(`[data-act="${CSS.escape(act)}"]`)) one.classList.toggle("lit", on);
}

function dated(act: Act): act is Dated {
  return act.from !== null && act.until !== null;
}

function byLag(one: Act, other: Act): number {
  return (one.from ?? Infinity) - (other.from ?? Infinity) || (one.until ?? Infinity) - (other.until ?? Infinity) || one.speaker.localeCompare(other.speaker);
}
