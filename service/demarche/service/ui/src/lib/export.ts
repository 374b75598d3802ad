// The buttons with which a view leaves the page: a figure to print, a picture, an address to share.
import { html } from "./dom";
import { download, figure, pngFile, svgFile, type Words } from "./figure";

/**
 * The buttons of a view, and the figures that stand in the place of its drawing on paper: one, or the given `pages`. Without
 * words the figure has the heading of the page.
 */
export function exportButtons(name: string, drawn: () => SVGSVGElement, words: () => Words = heading, pages?: () => SVGSVGElement[]): HTMLElement[] {
  const made = (): SVGSVGElement => figure(drawn(), words());
  return [...fileButtons(name, made), share(), printed(pages ?? (() => [made()]))];
}

function heading(): Words {
  return { title: document.querySelector("h1")?.textContent ?? document.title };
}

/** Drawn for paper, however it comes to printing, and gone after it; nothing where there is no drawing. */
function printed(pages: () => SVGSVGElement[]): HTMLElement {
  const host = html("div", { class: "printed" });
  const paper = matchMedia("print");
  const fill = (): void => {
    if (host.firstChild) return;
    try {
      host.replaceChildren(...pages());
    } catch {
      host.replaceChildren();
    }
  };
  addEventListener("beforeprint", fill);
  addEventListener("afterprint", () => host.replaceChildren());
  paper.addEventListener("change", () => (paper.matches ? fill() : host.replaceChildren()));
  return host;
}

/** The buttons for a figure as SVG and as PNG, which is made of that SVG. */
export function fileButtons(name: string, made: () => SVGSVGElement): HTMLElement[] {
  return [
    action("SVG", "download as SVG figure", () => download(svgFile(made()), `${name}.svg`)),
    action("PNG", "download as PNG picture", async () => download(await pngFile(made()), `${name}.png`)),
  ];
}

/** Copies the address, which is the state of the view, and says so. */
export function share(): HTMLElement {
  const said = html("span", { role: "status", class: "unseen" });
  const button = action("share", "copy the address of this view", async () => {
    if (!isSecureContext) throw new Error("this browser copies for secure pages only; the address bar has the address");
    await navigator.clipboard.writeText(location.href);
    said.textContent = "address copied";
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "share"), 2000);
  });
  return html("span", {}, button, said);
}

/**
 * A button. Its name begins with the word that it shows, so that it can be called by it; a sign is not called. What it cannot do
 * it says beside itself, until it is pressed again.
 */
export function action(label: string, says: string, act: () => void | Promise<void>): HTMLButtonElement {
  const name = /\p{L}/u.test(label) ? `${label}: ${says}` : says;
  const button = html("button", { type: "button", class: "quiet", title: says, "aria-label": name }, label);
  const failed = html("span", { role: "alert", class: "failed small" });
  button.addEventListener("click", () => {
    failed.remove();
    new Promise<void>((done) => done(act())).catch((error: unknown) => {
      failed.textContent = error instanceof Error ? error.message : String(error);
      button.after(failed);
    });
  });
  return button;
}
