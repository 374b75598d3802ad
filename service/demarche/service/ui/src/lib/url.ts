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

/** The path under which the service stands: empty, or a prefix that a proxy adds. */
export const root: string = document.documentElement.dataset.root ?? "";
