// What the service is asked, with errors a person can read; a newer question replaces an older one that is on its way.

const running = new Map<string, AbortController>();

export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** JSON from the service. Of two requests in one `lane` the older is given up: its promise rejects with AbortError. */
export async function json<T>(address: string, lane = address): Promise<T> {
  running.get(lane)?.abort();
  const controller = new AbortController();
  running.set(lane, controller);
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: controller.signal });
  if (!answer.ok) throw new Problem(answer.status, await reason(answer));
  return (await answer.json()) as T;
}

async function reason(answer: Response): Promise<string> {
  try {
    const problem = (await answer.json()) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? answer.statusText;
  } catch {
    return answer.statusText || `the service answered ${answer.status}`;
  }
}
