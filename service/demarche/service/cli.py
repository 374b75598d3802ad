"""The command line: every command by its name; every error is one line on stderr and an exit code.

Exit codes: 0 done, 1 the data, the store or the machine is at fault, 2 the command is at fault.
"""

from __future__ import annotations

import typer

from .commands import asking, certificates, data, files, ledger, networks, serving, texts

app = typer.Typer(
    name="demarche",
    help="Who reacted to which launch, in which office, through which channel, in what words, and how do we know.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    serving.serve, asking.ask, data.load, data.validate, data.span, files.export, files.plot, ledger.backup,
    ledger.restore, serving.version,
):  # fmt: skip
    app.command()(command)
for group in (networks.network, texts.texts, certificates.certificates, ledger.ledgers, ledger.tokens):
    app.add_typer(group)


def main() -> None:
    """The entry point of the installed command."""
    app()
