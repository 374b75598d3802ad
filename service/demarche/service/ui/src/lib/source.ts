// Where something that leaves the pages comes from, in one line.

/** "Source: Demarche, record 1a2b3c, address, 22 November 2026": what stands below every figure and every printed page. */
export function sourceLine(): string {
  const version = document.documentElement.dataset.record ?? "";
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  return `Source: Demarche, record ${version}, ${location.origin}${location.pathname}${location.search}, ${day}`;
}
