"""Tab-separated files of ICEWS events, read row by row: who did what toward whom on which day.

Two forms are known by their first line: four columns without a heading (actor, relation, target, date), and the twenty
columns of the published files. How the source spells relations, countries, offices and names is in the tables of
``seed_data/sources/icews``, and nowhere else.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import Problem, SourceError

PROBLEMS = 100
"""As many problems of a file are told; then reading stops."""
LONGEST = 20_000
"""A longer line, in bytes, is refused unread."""
HEADING = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City",
    "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
"""Of these we read the first seven and the target's three; the intensity is a property of the code, and where the
story was printed and set says nothing of who did what."""

Progress = Callable[[int], object]
"""Told how many bytes have been read since it was last told."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What the source calls an act, with its CAMEO code and our reading of that code."""

    text: str
    cameo: str
    type: str
    kind: str
    level: str
    stance: str | None


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a name of the source means. ``country`` is where it belongs; whether it acts for that state is ``state``."""

    text: str
    reference: str
    type: str
    label: str
    body_type: str | None = None
    country: str | None = None
    state: bool = False
    wikidata: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One row. The governments are those, if any, to whose account actor and target act; ISO 3166-1 alpha-3."""

    id: str
    row: str
    day: str
    actor: Party
    government: str | None
    relation: Relation
    target: Party
    target_government: str | None


@dataclass(frozen=True)
class Holder:
    """Who held high office in a state from one day until another, both included; None is open."""

    reference: str
    label: str
    wikidata: str
    state: str
    since: str
    until: str | None


@dataclass(frozen=True)
class Spellings:
    """The tables: what each spelling of the source means."""

    relations: dict[str, Relation]
    countries: dict[str, str]
    governments: dict[str, str]
    roles: dict[str, dict[str, str]]
    names: dict[str, Party]
    holders: dict[str, tuple[Holder, ...]]
    digest: str


def is_event_file(path: Path) -> bool:
    """Whether a path is read as a file of events: by its ending, .tsv or .tab."""
    return path.suffix in {".tsv", ".tab"}


def read_spellings(folder: Path) -> Spellings:
    """The tables of ``sources/icews`` below a folder of seed data, or SourceError."""
    tables = folder / "sources" / "icews"
    files = {
        name: tables / f"{name}.csv"
        for name in ("relations", "readings", "countries", "roles", "names", "holders")
    }
    rows = {name: _table(file) for name, file in files.items()}
    countries = {row["name"]: row["state"] for row in rows["countries"]}
    governments = {row["state"]: row["label"] for row in rows["countries"]}
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files.values())).hexdigest()
    return Spellings(
        relations=_relations(rows["relations"], rows["readings"], files["relations"]),
        countries=countries,
        governments=governments,
        roles={row["role"]: row for row in rows["roles"]},
        names={row["name"]: _named(row) for row in rows["names"]},
        holders=_holders(rows["holders"]),
        digest=digest,
    )


def read_happenings(
    file: Path, spellings: Spellings, progress: Progress = lambda _: None
) -> Iterator[Happening]:
    """The rows one by one, in constant memory but for their ids; SourceError at the end where any was refused.

    Every problem names file, line and field. What a row that was refused said is not among the rows that are given.
    """
    reader = _Reader(file, spellings)
    with file.open("rb") as lines:
        first = lines.readline(LONGEST + 1)
        published = first.startswith(HEADING[0].encode() + b"\t")
        if published:
            reader.check_heading(first)
            progress(len(first))
        else:
            lines.seek(0)
        row = reader.published if published else reader.plain
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST + 1), b""), 2 if published else 1):
            found = reader.happening(number, line, row)
            if found:
                yield found
            progress(len(line))
    reader.finish()


class _Reader:
    """One file in hand: its problems so far, the rows seen and the names already understood."""

    def __init__(self, file: Path, spellings: Spellings) -> None:
        self._file, self._spellings = str(file), spellings
        self._problems: list[Problem] = []
        self._seen: set[int] = set()
        self._parties: dict[str, Party] = {}
        self._days: dict[str, bool] = {}
        self._line = ""
        self._rows = 0

    def happening(
        self, number: int, line: bytes, read: Callable[[list[str]], Happening | None]
    ) -> Happening | None:
        """The row of a line; None where it is refused, and SourceError where too many were."""
        self._line = f"line {number}"
        self._rows += 1
        cells = self._cells(line)
        found = read(cells) if cells else None
        return found if found and self._is_new(found) else None

    def check_heading(self, line: bytes) -> None:
        self._line = "line 1"
        found = tuple(self._cells(line) or ())
        for number, (have, want) in enumerate(zip(found, HEADING, strict=False), 1):
            if have != want:
                self._refuse(f"column {number}", f"{have!r} stands where {want!r} is expected")
        if len(found) != len(HEADING):
            self._refuse("", f"{len(found)} columns, {len(HEADING)} are expected")
        self._stop_if(bool(self._problems))

    def finish(self) -> None:
        if not self._rows:
            self._line = ""
            self._refuse("", "holds no event")
        self._stop_if(bool(self._problems))

    def plain(self, cells: list[str]) -> Happening | None:
        """A row of four columns: it is its own name, so that the same event of two files is one act."""
        if not self._has(cells, 4):
            return None
        actor, relation, target, day = cells
        known = self._relation(relation, "relation")
        if not self._is_day(day, "date") or known is None:
            return None
        parties = self._party(actor), self._party(target)
        return self._made(
            hashlib.sha256("\t".join(cells).encode()).hexdigest()[:16],
            self._line.removeprefix("line "), day, known, parties, self._in_office(parties, day),
        )  # fmt: skip

    def published(self, cells: list[str]) -> Happening | None:
        """A row of the published files, which number their events."""
        if not self._has(cells, len(HEADING)):
            return None
        row = dict(zip(HEADING, cells, strict=True))
        known = self._relation(row["Event Text"], "Event Text")
        if known and known.cameo != row["CAMEO Code"]:
            self._refuse("CAMEO Code", f"{row['CAMEO Code']!r} goes with another text than {known.text!r}")
            known = None
        if not re.fullmatch(r"\d{1,12}", row["Event ID"]):
            self._refuse("Event ID", f"{row['Event ID']!r} is no number")
            known = None
        if not self._is_day(row["Event Date"], "Event Date") or known is None:
            return None
        parties = self._party(row["Source Name"]), self._party(row["Target Name"])
        first, second = self._in_office(parties, row["Event Date"])
        told = (
            first or self._told(row["Source Sectors"], row["Source Country"]),
            second or self._told(row["Target Sectors"], row["Target Country"]),
        )
        return self._made(row["Event ID"], row["Event ID"], row["Event Date"], known, parties, told)

    def _made(
        self,
        key: str,
        row: str,
        day: str,
        relation: Relation,
        parties: tuple[Party, Party],
        governments: tuple[str | None, str | None],
    ) -> Happening:
        return Happening(key, row, day, parties[0], governments[0], relation, parties[1], governments[1])

    def _cells(self, line: bytes) -> list[str] | None:
        if len(line) > LONGEST:
            self._refuse("", f"is longer than {LONGEST} bytes")
            self._stop_if(stop=True)
        try:
            return line.rstrip(b"\r\n").decode("utf-8").split("\t")
        except UnicodeDecodeError as error:
            self._refuse("", f"is not UTF-8: byte {error.start + 1} of the line is {line[error.start]:#x}")
            return None

    def _has(self, cells: list[str], columns: int) -> bool:
        if len(cells) != columns:
            self._refuse("", f"{len(cells)} columns, {columns} are expected")
            return False
        empty = [number for number, cell in enumerate(cells, 1) if not cell.strip()]
        for number in empty:
            self._refuse(f"column {number}", "is empty")
        return not empty

    def _relation(self, text: str, field: str) -> Relation | None:
        known = self._spellings.relations.get(text)
        if known is None:
            self._refuse(field, f"{text!r} is no relation of sources/icews/relations.csv")
        return known

    def _is_day(self, text: str, field: str) -> bool:
        known = self._days.get(text)
        if known is None:
            known = self._days[text] = _is_date(text)
        if not known:
            self._refuse(field, f"{text!r} is no date: expected YYYY-MM-DD")
        return known

    def _party(self, text: str) -> Party:
        known = self._parties.get(text)
        if known is None:
            known = self._parties[text] = party(text, self._spellings)
        return known

    def _in_office(self, parties: tuple[Party, Party], day: str) -> tuple[str | None, str | None]:
        first, second = parties
        return self._government(first, day), self._government(second, day)

    def _government(self, one: Party, day: str) -> str | None:
        if one.state:
            return one.country
        for holder in self._spellings.holders.get(one.text, ()):
            if holder.since <= day <= (holder.until or day):
                return holder.state
        return None

    def _told(self, sectors: str, country: str) -> str | None:
        """The government for which the source itself says that someone acts."""
        return self._spellings.countries.get(country) if "Government" in sectors.split(",") else None

    def _is_new(self, found: Happening) -> bool:
        key = int(found.id, 16)
        if key in self._seen:
            self._refuse("", f"event {found.id} stands in this file twice")
            return False
        self._seen.add(key)
        return True

    def _refuse(self, field: str, message: str) -> None:
        self._problems.append(Problem(self._file, self._line, field, message))
        self._stop_if(len(self._problems) >= PROBLEMS)

    def _stop_if(self, stop: bool) -> None:
        if not stop:
            return
        found = self._problems[:PROBLEMS]
        if len(self._problems) >= PROBLEMS:
            found.append(
                Problem(self._file, "", "", f"{PROBLEMS} problems; the rest of the file is not read")
            )
        raise SourceError(tuple(found))


def party(text: str, spellings: Spellings) -> Party:
    """Whom a name means: ``France`` the government, ``Foreign Affairs (France)`` its ministry, ``Citizen (France)`` a
    group of no government; a name that no table explains is an actor of unknown kind.
    """
    if text in spellings.names:
        return spellings.names[text]
    if text in spellings.countries:
        return _government(text, spellings.countries[text], spellings)
    role, _, place = _split(text)
    if role in spellings.roles and place in spellings.countries:
        return _of_state(text, spellings.roles[role], spellings.countries[place], spellings)
    if text in spellings.holders:
        holder = spellings.holders[text][0]
        return Party(text, holder.reference, "person", holder.label, wikidata=holder.wikidata)
    return Party(text, f"actor/icews/{_slug(text)}", "actor", text)


def _of_state(text: str, role: dict[str, str], state: str, spellings: Spellings) -> Party:
    if not role["id"]:
        return _government(text, state, spellings)
    label = f"{role['label']} of {spellings.governments[state].removeprefix('Government of ')}"
    acts_for = role["state"] == "yes"
    reference = (
        f"body/{state.lower()}-{role['id']}" if acts_for else f"body/icews/{state.lower()}-{role['id']}"
    )
    kind = "government-body" if acts_for else "body"
    return Party(text, reference, kind, label, role["body_type"], state, acts_for)


def _government(text: str, state: str, spellings: Spellings) -> Party:
    label = spellings.governments[state]
    return Party(text, f"body/{state.lower()}", "government", label, "government", state, state=True)


def _split(text: str) -> tuple[str, str, str]:
    """``Cabinet (Holy See (Vatican City State))`` in its role and its place, by the bracket that closes last."""
    if not text.endswith(")"):
        return text, "", ""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[at], 0)
        if depth == 0:
            return text[:at].rstrip(), "(", text[at + 1 : -1]
    return text, "", ""


def _slug(text: str) -> str:
    """A readable id that no two names share: their letters and digits, and a digest of the exact spelling."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return f"{words or 'name'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return False
    return found.year >= _FIRST_YEAR


_FIRST_YEAR = 1900


def _table(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines, strict=True))
    except FileNotFoundError:
        problem = Problem(str(file), "", "", "no such table: the folder of seed data lacks sources/icews")
        raise SourceError((problem,)) from None


def _relations(
    relations: list[dict[str, str]], readings: list[dict[str, str]], file: Path
) -> dict[str, Relation]:
    """Each relation with the reading of its code, or of the nearest code above it: 0256 before 02."""
    read = {row["cameo"]: row for row in readings}
    found = {}
    for row in relations:
        code = row["cameo"]
        above = next((code[:length] for length in range(len(code), 1, -1) if code[:length] in read), None)
        if above is None:
            raise SourceError((Problem(str(file), row["relation"], "cameo", f"no reading of {code}"),))
        one = read[above]
        found[row["relation"]] = Relation(
            row["relation"], code, one["type"], one["kind"], one["level"], one["stance"] or None
        )
    return found


def _named(row: dict[str, str]) -> Party:
    country = row["state"] or None
    return Party(
        row["name"], f"body/{row['id']}", row["type"], row["label"], row["body_type"], country, bool(country)
    )


def _holders(rows: list[dict[str, str]]) -> dict[str, tuple[Holder, ...]]:
    found: dict[str, tuple[Holder, ...]] = {}
    for row in rows:
        reference = f"person/{row['id']}" if row["id"] else f"person/icews/{_slug(row['name'])}"
        since, until = row["from"], row["until"] or None
        one = Holder(reference, row["label"], row["wikidata"], row["state"], since, until)
        found[row["name"]] = (*found.get(row["name"], ()), one)
    return found
