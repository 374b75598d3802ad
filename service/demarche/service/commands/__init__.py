"""The commands, a module for each kind; ``cli.py`` puts them together, and nothing is imported before it is needed."""
