"""What is computed where SPARQL is the wrong tool; each measure is asked like any other question."""

from __future__ import annotations

from ..question import Question
from .central import CENTRAL
from .connection import CONNECTION
from .disagreement import DISAGREEMENT

MEASURES: tuple[Question, ...] = (CENTRAL, DISAGREEMENT, CONNECTION)
