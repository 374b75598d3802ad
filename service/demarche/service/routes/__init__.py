"""One module for each group of addresses; each has a function that makes its router."""
