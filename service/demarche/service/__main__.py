"""`python -m demarche.service` is the command line."""

from .cli import main

main()
