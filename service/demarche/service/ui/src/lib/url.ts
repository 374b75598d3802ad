// The state of a view is its address, so that every view can be shared, reloaded and gone back to.

export type State = Readonly<Record<string, string>>;

export function state(): State {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** Put values into the address; an empty one leaves it. `replace` is for what one drags, such as a zoom. */
export function go(values: Record<string, string | null>, { replace = false } = {}): void {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (address.href === location.href) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  dispatchEvent(new Event("demarche:state"));
}

/** Draw now, and again whenever the address changes, by us or by the browser's back and forward. */
export function onState(draw: (now: State) => void): void {
  addEventListener("popstate", () => draw(state()));
  addEventListener("demarche:state", () => draw(state()));
  draw(state());
}

/** Ask for the page of the present address and put its parts in the place of ours: the server draws, once for all. */
export async function refresh(...selectors: string[]): Promise<void> {
  const parts = selectors.map((selector) => document.querySelector(selector));
  parts.forEach((part) => part?.setAttribute("aria-busy", "true"));
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error(page.querySelector("main p")?.textContent ?? answer.statusText);
    document.title = page.title;
    selectors.forEach((selector, at) => {
      const fresh = page.querySelector(selector);
      if (fresh) parts[at]?.replaceWith(document.adoptNode(fresh));
    });
  } finally {
    if (asking === mine) parts.forEach((part) => part?.removeAttribute("aria-busy"));
  }
}

let asking: AbortController | undefined;

/** The path under which the service stands: empty, or a prefix that a proxy adds. */
export const root: string = document.documentElement.dataset.root ?? "";
