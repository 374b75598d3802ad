"""How all benchmarks measure: rivals take turns in one run, so that the machine's moods fall on all alike."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping


def medians(rivals: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds per call of each rival: one unmeasured round, then the median of ``rounds`` rounds taken in turns."""
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(rounds + 1):
        for name, call in rivals.items():
            begin = time.perf_counter()
            call()
            if number:
                taken[name].append(time.perf_counter() - begin)
    return {name: statistics.median(times) for name, times in taken.items()}


def tell(title: str, found: dict[str, float], peer: str, limit: float | None = None) -> list[str]:
    """Print the medians with their ratio to the peer's; a line where the first one's ratio is over ``limit``."""
    print(f"\n{title}")
    first, missed = next(iter(found)), []
    for name, seconds in found.items():
        ratio, held = seconds / found[peer], limit is not None and name == first
        wanted = f"at most {limit:g}x" if held else ""
        print(f"  {name:<44} {seconds * 1000:10.2f} ms  {ratio:8.2f}x{wanted and f'   (to reach: {wanted})'}")
        if limit is not None and held and ratio > limit:
            missed.append(f"{title}: {name} {ratio:.2f}x, {wanted} wanted")
    return missed


def summed_up(missed: list[str]) -> None:
    """The last lines of a run; exit code 1 where something was not reached."""
    print("\n" + "\n".join(["missed:", *missed] if missed else ["everything was reached"]))
    if missed:
        sys.exit(1)
