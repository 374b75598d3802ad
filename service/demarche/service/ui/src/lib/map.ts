// A small map around a place: outlines of countries that come with the pages, no tiles and no other host.
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import countries from "world-atlas/countries-50m.json";
import { svg } from "./dom";

const [WIDTH, HEIGHT, REACH] = [420, 300, 9];

export function map(longitude: number, latitude: number): SVGSVGElement {
  const topology = countries as unknown as Topology<{ countries: GeometryCollection; land: GeometryCollection }>;
  // Degrees of longitude are narrower away from the equator: distances stay true around the place.
  const narrow = Math.cos((latitude * Math.PI) / 180);
  const scale = WIDTH / (2 * REACH) ;
  const put = ([east = 0, north = 0]: number[]): [number, number] => [
    WIDTH / 2 + (east - longitude) * narrow * scale,
    HEIGHT / 2 - (north - latitude) * scale,
  ];
  const path = (lines: number[][][]) =>
    lines
      .filter((line) => line.some((point) => near(point, longitude, latitude)))
      .map((line) => `M${line.map((point) => put(point).map((n) => n.toFixed(1)).join(" ")).join("L")}`)
      .join("");
  const land = feature(topology, topology.objects.land);
  const borders = mesh(topology, topology.objects.countries, (one, other) => one !== other);
  return svg(
    "svg",
    { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, overflow: "hidden", role: "img", "aria-label": "Where the place lies" },
    svg("rect", { width: WIDTH, height: HEIGHT, class: "sea" }),
    svg("path", { d: path(rings(land)), class: "land", "fill-rule": "evenodd" }),
    svg("path", { d: path(borders.coordinates), class: "border" }),
    svg("circle", { cx: WIDTH / 2, cy: HEIGHT / 2, r: 9, class: "halo" }),
    svg("circle", { cx: WIDTH / 2, cy: HEIGHT / 2, r: 4, class: "spot" }),
  );
}

function near([east = 0, north = 0]: number[], longitude: number, latitude: number): boolean {
  return Math.abs(east - longitude) < 4 * REACH && Math.abs(north - latitude) < 3 * REACH;
}

function rings(land: ReturnType<typeof feature>): number[][][] {
  const found = "features" in land ? land.features : [land];
  return found.flatMap(({ geometry }) =>
    geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : geometry.type === "Polygon" ? geometry.coordinates : [],
  );
}
