// What every page has: "/" leads to the search, empty fields of a filter stay out of the address, and paper says whence it is.
import { need } from "../lib/dom";
import { sourceLine } from "../lib/source";

addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const field = document.querySelector<HTMLInputElement>("form[role=search] input[name=q]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

document.querySelectorAll<HTMLFormElement>("form[data-filter]").forEach((form) => {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
});

addEventListener("beforeprint", sign);
matchMedia("print").addEventListener("change", sign);

function sign(): void {
  need("footer .on-paper").textContent = sourceLine();
}
