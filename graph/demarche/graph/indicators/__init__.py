"""What is computed where SPARQL is the wrong tool; each measure is asked like any other question."""

from __future__ import annotations

from ..question import Question
from . import over_time
from .central import CENTRAL
from .connection import CONNECTION
from .coordination import COORDINATION
from .disagreement import DISAGREEMENT
from .echo import ECHO
from .robustness import ROBUSTNESS
from .stances import STANCES

MEASURES: tuple[Question, ...] = (
    CENTRAL,
    CONNECTION,
    COORDINATION,
    DISAGREEMENT,
    ECHO,
    ROBUSTNESS,
    STANCES,
    *over_time.QUESTIONS,
)
