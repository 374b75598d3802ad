"""Which reactions were chosen from all: a part of the table says it, and so do the networks and figures made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Choice:
    """Only what answers ``event`` (an IRI) and certainly fell on local dates from ``start`` to and with ``end``."""

    event: str | None = None
    start: date | None = None
    end: date | None = None
    explicit_only: bool = False

    def and_also(self, other: Choice) -> Choice:
        """What both leave; of two events the other's, whose reactions were sought among ours."""
        starts, ends = (
            [day for day in days if day] for days in ((self.start, other.start), (self.end, other.end))
        )
        return Choice(
            other.event or self.event,
            max(starts, default=None),
            min(ends, default=None),
            self.explicit_only or other.explicit_only,
        )

    def words(self, names: Mapping[str, str]) -> str:
        """As a figure tells it; empty where nothing was left out.

        >>> Choice("e", date(2017, 7, 1), explicit_only=True).words({"e": "Launch of 4 July 2017"})
        'Only acts from 2017-07-01 on; explicit links; answers to: Launch of 4 July 2017'
        """
        told = [
            f"acts {self._window}" if self._window else "",
            "explicit links" if self.explicit_only else "",
            f"answers to: {names.get(self.event, self.event)}" if self.event else "",
        ]
        return f"Only {'; '.join(part for part in told if part)}" if any(told) else ""

    @property
    def _window(self) -> str:
        if self.start and self.end:
            return f"from {self.start} to {self.end}"
        return f"from {self.start} on" if self.start else f"until {self.end}" if self.end else ""


ALL = Choice()
"""Nothing was left out."""
