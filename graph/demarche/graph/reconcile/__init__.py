"""Names in somebody's table become things of the record: candidates with scores, suggestions, and further values."""

from .index import Index
from .matching import Asked, Candidate, Given, Wanted

__all__ = ["Asked", "Candidate", "Given", "Index", "Wanted"]
