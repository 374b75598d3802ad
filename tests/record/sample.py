"""Draws the acts that were read again against their texts."""

from __future__ import annotations

import random
from pathlib import Path

# The ids as they stood when the acts were read: an act that is added or merged later must not change what was drawn.
AT_REVIEW = Path(__file__).with_name("acts_at_review.txt")


def draw(seed: int, n: int) -> list[str]:
    """Ids of ``n`` acts of all documents but the first, whose acts the gold annotation checks."""
    ids = AT_REVIEW.read_text(encoding="utf-8").split()
    return random.Random(seed).sample(sorted(ids), n)  # noqa: S311 - a sample that anyone can draw again
