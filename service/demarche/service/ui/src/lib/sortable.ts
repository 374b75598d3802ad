// Tables that sort by the column whose head is pressed, with keyboard and for screen readers.
import { html } from "./dom";

export function sortable(within: ParentNode): void {
  within.querySelectorAll<HTMLTableElement>("table.sortable").forEach((table) => {
    table.querySelectorAll("thead th").forEach((head, column) => {
      const button = html("button", { type: "button", class: "sort" }, head.textContent ?? "");
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(table, head, column));
    });
  });
}

function sort(table: HTMLTableElement, head: Element, column: number): void {
  const down = head.getAttribute("aria-sort") === "ascending";
  table.querySelectorAll("thead th").forEach((one) => one.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  if (!body) return;
  const rows = [...body.rows].map((row) => ({ row, text: row.cells[column]?.firstChild?.textContent?.trim() ?? "" }));
  const numbers = rows.every(({ text }) => text === "" || !Number.isNaN(Number(text)));
  rows.sort((one, other) => (numbers ? Number(one.text) - Number(other.text) : one.text.localeCompare(other.text)) * (down ? -1 : 1));
  body.append(...rows.map(({ row }) => row));
}
