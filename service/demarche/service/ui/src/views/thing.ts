// The page of a thing: an actor's acts on a timeline, a place on a map.
import { need, pageData, svg, tickName, unit } from "../lib/dom";
import { exportButtons } from "../lib/export";
import { SHEET, type KeyEntry } from "../lib/figure";
import { stacked } from "../lib/swarm";
import { root } from "../lib/url";

interface Act {
  act: string;
  date: string;
  rank: number;
  level: string;
  label: string;
  polarity: number | null;
  target: string | null;
}

const [ROW, MARK] = [26, 6]; // the least height of a row, and the reach of a mark
const heading = need("h1").textContent ?? "";
const acts = pageData<Act[]>("acts-data");
const spot = pageData<[number, number] | null>("spot-data");
const signs = new Map([[-2, "strongly against"], [-1, "against"], [0, "neutral"], [1, "for"], [2, "strongly for"]]);

if (acts.length) {
  const box = need<HTMLElement>("#acts");
  box.hidden = false;
  need("#acts .tools").append(...exportButtons("demarche-acts", () => timeline(SHEET.width, SHEET.height), () => ({ title: `Acts of ${heading}`, key: key() })));
  need("#acts figcaption").textContent = `${acts.length} acts on record by the day they fell on, higher rungs of the ladder higher up. ▼ against what the act is directed at, which its words name, ▲ for it or conciliatory; ● neither, or no stance.`;
  new ResizeObserver(draw).observe(need("#acts .drawing"));
  draw();
}
if (spot) {
  const [longitude, latitude] = spot;
  need<HTMLElement>("#map").hidden = false;
  const where = `${Math.abs(latitude).toFixed(2)}° ${latitude < 0 ? "S" : "N"}, ${Math.abs(longitude).toFixed(2)}° ${longitude < 0 ? "W" : "E"}; outlines: Natural Earth`;
  need("#map figcaption").textContent = where;
  need("#map .tools").append(...exportButtons("demarche-map", () => need<SVGSVGElement>("#map .drawing svg"), () => ({ title: heading, key: [{ says: where }] })));
  void import("../lib/map").then(({ map }) => need("#map .drawing").replaceChildren(map(longitude, latitude)));
}

function draw(): void {
  const [host, larger] = [need<HTMLElement>("#acts .drawing"), unit()];
  host.replaceChildren(timeline(Math.max(320, host.clientWidth / larger), Math.max(320, (innerHeight / larger) * 0.5)));
}

/** The acts, so wide, and if it can be no higher than `most`. */
function timeline(width: number, most: number): SVGSVGElement {
  const left = width < 600 ? 40 : 150;
  const ranks = [...new Map(acts.map(({ rank, level }) => [rank, level]))].sort(([one], [other]) => other - one);
  const days = acts.map(({ date }) => at(date));
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const room = Math.max(last - first, 30 * 86_400_000);
  const x = (day: number) => left + 12 + ((day - first) / room) * (width - left - 30);
  const found = ranks.map(([rank]) => acts.filter((act) => act.rank === rank));
  const placed = stacked(found.map((some) => some.map(({ date }) => ({ x: x(at(date)), r: MARK }))), ROW, most);
  const height = placed.height + 30;
  const rows = ranks.map(([rank, level], row) => {
    const y = placed.middles[row]!;
    return svg(
      "g",
      {},
      svg("line", { x1: left, x2: width, y1: y, y2: y, class: "lane" }),
      svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, width < 600 ? String(rank) : `${rank} ${level}`),
      ...found[row]!.map((act, one) => mark(act, x(at(act.date)), placed.places[row]![one]!, placed.scale)),
    );
  });
  const drawn = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Acts by day and level" });
  for (const [day, name] of ticks(first, first + room, width - left)) {
    drawn.append(svg("line", { x1: x(day), x2: x(day), y1: 0, y2: height - 24, class: "tick" }), tickName(x(day), height - 8, name, width));
  }
  drawn.append(...rows);
  return drawn;
}

function key(): KeyEntry[] {
  const kinds: [number | null, string][] = [[-1, "against what the act is directed at"], [1, "for it"], [0, "neither, or no stance"]];
  return [...kinds.map(([polarity, says]) => ({ says, mark: mark({ ...acts[0]!, polarity }, 0, 0) })), { says: "Higher rungs of the ladder of reactions stand higher up." }];
}

function mark(act: Act, x: number, y: number, scale = 1): SVGElement {
  const r = MARK * scale;
  const up = act.polarity === null || act.polarity === 0 ? 0 : Math.sign(act.polarity);
  const shape = up
    ? svg("polygon", { points: `${x},${y - r * up} ${x + r},${y + 0.8 * r * up} ${x - r},${y + 0.8 * r * up}` })
    : svg("circle", { cx: x, cy: y, r: 0.8 * r });
  const said = `${act.date}: ${act.label}${act.polarity === null ? "" : `; ${signs.get(act.polarity) ?? ""}${act.target ? ` (toward ${act.target})` : ""}`}`;
  const href = `${root}/${act.act.replace("https://w3id.org/demarche/", "")}`;
  return svg("a", { href, class: `mark ${up < 0 ? "against" : up > 0 ? "for" : "unsaid"}`, "aria-label": said }, svg("title", {}, said), shape);
}

/** Years, or months when less than two years are shown. */
function ticks(first: number, last: number, room: number): [number, string][] {
  const months = (last - first) / 2_629_800_000;
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => months / step <= room / 70) ?? 120;
  const start = new Date(first);
  const found: [number, string][] = [];
  for (let month = 0; month <= months + step; month += step) {
    const day = Date.UTC(start.getUTCFullYear(), (step >= 12 ? 0 : start.getUTCMonth()) + month, 1);
    if (day >= first && day <= last) found.push([day, new Date(day).toISOString().slice(0, step >= 12 ? 4 : 7)]);
  }
  return found;
}

function at(date: string): number {
  return Date.parse(`${date}${"0000-01-01".slice(date.length)}`);
}
