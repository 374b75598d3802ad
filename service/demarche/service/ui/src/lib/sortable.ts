// Tables that sort by the column whose head is pressed, with keyboard and for screen readers.
import { html } from "./dom";

/** Heads become buttons that tell which order is asked for, as "acts" or "-acts"; the answer puts the rows in an order. */
export function sortable(table: HTMLTableElement, ask: (order: string) => void): (order: string | undefined) => void {
  const heads = [...table.querySelectorAll<HTMLElement>("thead th")].map((head) => ({ head, name: head.textContent?.trim() ?? "" }));
  for (const { head, name } of heads) {
    const button = html("button", { type: "button", class: "sort" }, name);
    head.replaceChildren(button);
    button.addEventListener("click", () => ask(head.getAttribute("aria-sort") === "ascending" ? `-${name}` : name));
  }
  const first = [...(table.tBodies[0]?.rows ?? [])];
  return (order) => {
    const down = order?.startsWith("-") ?? false;
    const column = heads.findIndex(({ name }) => name === order?.slice(down ? 1 : 0));
    heads.forEach(({ head }) => head.removeAttribute("aria-sort"));
    heads[column]?.head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0]?.append(...(column < 0 ? first : sorted(first, column, down)));
  };
}

function sorted(rows: HTMLTableRowElement[], column: number, down: boolean): HTMLTableRowElement[] {
  const told = rows.map((row) => ({ row, text: row.cells[column]?.firstChild?.textContent?.trim() ?? "" }));
  const numbers = told.every(({ text }) => text === "" || !Number.isNaN(Number(text)));
  told.sort((one, other) => (numbers ? Number(one.text) - Number(other.text) : one.text.localeCompare(other.text)) * (down ? -1 : 1));
  return told.map(({ row }) => row);
}
