"""`demarche ledger`, `token`, `backup` and `restore`: the commands of who keeps a ledger."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .common import explained, settings

if TYPE_CHECKING:
    from demarche.graph.ledger import Entry
    from demarche.graph.tokens import Tokens

LedgerAt = Annotated[
    Path | None,
    typer.Option("--ledger", help="The ledger, if not that of DEMARCHE_LEDGER.", show_default=False),
]


class TokenScope(StrEnum):
    """How far a token goes; each may do what those before it may."""

    read = "read"
    draft = "draft"
    publish = "publish"
    admin = "admin"


ledgers = typer.Typer(name="ledger", help="The ledger of what curators do.", no_args_is_help=True)
tokens = typer.Typer(name="token", help="Who may write, and how far they may go.", no_args_is_help=True)


@ledgers.command()
def new(ledger: LedgerAt = None) -> None:
    """Make an empty ledger; never in the place of another."""
    from demarche.graph.ledger import Ledger

    with explained():
        path = _path(ledger)
        Ledger.create(path)
        typer.echo(f"{path}: an empty ledger")


@ledgers.command()
def verify(
    ledger: LedgerAt = None,
    head: Annotated[
        str | None, typer.Option(help="An entry that must be there, as verify told it before: 17:3f2a...")
    ] = None,
) -> None:
    """Check every entry against the one before and against the anchor; name the place of any damage."""
    from demarche.graph.ledger import Ledger, require_entry

    with explained():
        path = _path(ledger)
        found = Ledger(path)
        if head:
            require_entry(found, head)
        found.close()
        typer.echo(f"{path} is sound: {_told(found.last)}")
        if found.last and found.last.is_ahead():
            typer.echo(
                f"its last entry is of {found.last.at}, which is still to come by this clock", err=True
            )


@tokens.command()
def add(
    name: Annotated[str, typer.Argument(help="The person; the name stands beside their changes.")],
    scope: Annotated[TokenScope, typer.Option(help="How far the token goes.")] = TokenScope.draft,
    ledger: LedgerAt = None,
) -> None:
    """Make a token for a person and print it, this once."""
    with explained():
        typer.echo(_tokens(ledger).add(name, scope.value))


@tokens.command("list")
def list_tokens(ledger: LedgerAt = None) -> None:
    """List who has a token."""
    with explained():
        for one in _tokens(ledger).all():
            typer.echo(f"{one.name}  {one.scope}  since {one.made}")


@tokens.command()
def revoke(
    name: Annotated[str, typer.Argument(help="The person whose token is to open nothing more.")],
    ledger: LedgerAt = None,
) -> None:
    """Revoke a person's token; a service that is running knows at its next request."""
    with explained():
        _tokens(ledger).revoke(name)
        typer.echo(f"{name} has no token any more")


def backup(target: Annotated[Path, typer.Argument(help="A new file.")], ledger: LedgerAt = None) -> None:
    """Write the ledger as it is now to a file, while the service goes on writing; tokens are not in it."""
    from demarche.graph.ledger import backup as written

    with explained():
        typer.echo(f"{target}: {_told(written(_path(ledger), target))}")


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `demarche backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the ledger that is there.")] = False,
    ledger: LedgerAt = None,
) -> None:
    """Put a backup in the place of the ledger, after checking it."""
    from demarche.graph.ledger import restore as restored

    with explained():
        path = _path(ledger)
        typer.echo(f"{path}: {_told(restored(source, path, force=force))}")


def _tokens(given: Path | None) -> Tokens:
    from demarche.graph.errors import LedgerError
    from demarche.graph.tokens import Tokens

    path = _path(given)
    if not path.is_file():
        raise LedgerError(f"there is no ledger {path}; make one: demarche ledger new")
    return Tokens.of(path)


def _path(given: Path | None) -> Path:
    from demarche.graph.errors import BadParameter

    path = given or settings().ledger
    if path is None:
        raise BadParameter("which ledger? name it with --ledger or DEMARCHE_LEDGER")
    return path


def _told(last: Entry | None) -> str:
    return f"{last.number} entries, head {last.number}:{last.hash}" if last else "no entries"
