"""A reader's own copies of the documents: attached once every span verifies, shown in answers, never in the store.

The words stay outside of the store so that no export, no query and no RDF can carry them. A copy lies in the folder of
texts as ``<document id>.txt``, byte for byte, and counts only as long as its digest is the one that the record holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from . import identifiers as ids
from .errors import NotFound, Problem, SourceError
from .files import write_whole
from .store import Store, Table, Term

Span = tuple[int, int]
Progress = Callable[[str], object]

AROUND = 160
"""How many characters are shown on either side of a passage, at most."""

_LARGEST = 10_000_000
_LIKELY = 0.25  # of a document's spans; two documents share hardly any at the same place
_MOST_GAPS = 5
_EVERY = 25


@dataclass(frozen=True)
class Document:
    """What the record knows of a text without having it."""

    id: str
    digest: str
    characters: int


@dataclass(frozen=True)
class Attached:
    """What became of a folder: documents attached, those that were so already, files that are no document, refusals."""

    documents: tuple[str, ...]
    unchanged: tuple[str, ...]
    unknown: tuple[str, ...]
    refused: tuple[Problem, ...]
    spans: int


@dataclass(frozen=True)
class Passage:
    """A piece of a text as segments, each of them marked or not, and whether the text goes on at either end."""

    segments: tuple[tuple[str, bool], ...]
    more_before: bool
    more_after: bool

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.segments)


class Texts:
    """The attached texts by document id. Without any, answers stay as the store gives them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        lines = "\n".join(f"{name} {_digest(text)}" for name, text in sorted(self._texts.items()))
        self.version = sha256(lines.encode()).hexdigest()[:8] if texts else ""

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._texts))

    def words(self, spans: Iterable[str]) -> str | None:
        """The exact words of spans given by IRI, joined as answers join them; None unless all are at hand."""
        found = [self._exact(span) for span in spans]
        known = [one for one in found if one is not None]
        return " … ".join(known) if known and len(known) == len(found) else None

    def passage(self, span: str, marks: Iterable[str] = ()) -> Passage | None:
        """The span in its surroundings, on word boundaries; the marks in it, or else all of it, stand out."""
        document, at = _place(span)
        text = self._texts.get(document)
        if text is None:
            return None
        marked = sorted(_place(mark)[1] for mark in marks) or [at]
        start, end = min(at[0], marked[0][0]), max(at[1], *(mark[1] for mark in marked))
        start, end = _before(text, start), _after(text, end)
        return Passage(tuple(_segments(text, start, end, marked)), start > 0, end < len(text))

    def completed(self, table: Table) -> Table:
        """The answer with the words of its ``words_id`` filled in and, as a column more, their surroundings."""
        if not self._texts or not {"words", "words_id", "words_at"} <= set(table.variables):
            return table
        rows = tuple(self._completed(table.variables, row) for row in table.rows)
        return Table((*table.variables, "surroundings"), rows)

    def _completed(self, names: tuple[str, ...], row: tuple[Term | None, ...]) -> tuple[Term | None, ...]:
        cells = dict(zip(names, row, strict=True))
        values = {name: term.value if term else "" for name, term in cells.items()}
        spans = values["words_id"].split()
        words = None if values["words"] else self.words(spans)
        if words is not None:
            cells |= {"words": Term(words, "literal"), "words_at": None}
        report = _report_span(values) or (spans[0] if spans else None)
        passage = self.passage(report, spans) if report else None
        return (*cells.values(), Term(passage.text, "literal") if passage else None)

    def _exact(self, span: str) -> str | None:
        document, (start, end) = _place(span)
        text = self._texts.get(document)
        return None if text is None else text[start:end]


NO_TEXTS = Texts({})


def opened(folder: Path, store: Store, warn: Progress) -> Texts:
    """The texts of the folder that are still those of the record; each other one is left out with a warning."""
    if not folder.is_dir():
        return NO_TEXTS
    files = {file.stem: file for file in sorted(folder.glob("*.txt"))}
    known = documents(store) if files else ()
    found = {}
    for one in known:
        data = _read(files[one.id]) if one.id in files else None
        if data is not None and _sha256(data) == one.digest:
            found[one.id] = _decoded(data)
        elif one.id in files:
            warn(f"warning: the attached text of {one.id} has changed and is not shown; attach it anew")
    return Texts(found)


def attach(source: Path, store: Store, folder: Path, progress: Progress = str) -> Attached:
    """Copy each text of ``source`` that is a document of the record, once its digest and its every span verify.

    A document is attached whole or not at all; one that is refused leaves an earlier copy of it as it was.
    """
    known, spans, files = documents(store), _spans(store), _text_files(source)
    copies: dict[str, bytes] = {}
    unknown, refused = [], []
    for number, file in enumerate(files, 1):
        data = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
        digest, text = _sha256(data), _decoded(data)
        same = [one for one in known if one.digest == digest]  # two pages can bear one text
        problems = [found for one in same if (found := _failed(file, one, _failing(text, spans[one.id])))]
        if not same and (problem := _changed(file, text, known, spans)):
            problems = [problem]
        refused += problems
        copies |= {one.id: data for one in same} if not problems else {}
        unknown += [file.name] if not same and not problems else []
        if number % _EVERY == 0:
            progress(f"{number} of {len(files)} files read")
    new = {name for name in copies if _put(folder / f"{name}.txt", copies[name])}
    return Attached(
        tuple(sorted(new)),
        tuple(sorted(copies.keys() - new)),
        tuple(unknown),
        tuple(refused),
        sum(len(spans[name]) for name in copies),
    )


def detach(store: Store, folder: Path, name: str | None = None) -> tuple[str, ...]:
    """Delete the copy of one document, or of every document of the record; other files are left alone."""
    wanted = [name] if name else [one.id for one in documents(store)]
    found = [one for one in wanted if Path(one).name == one and (folder / f"{one}.txt").is_file()]
    if name and not found:
        raise NotFound(f"no text of {name!r} is attached")
    for one in found:
        (folder / f"{one}.txt").unlink()
    return tuple(found)


def documents(store: Store) -> tuple[Document, ...]:
    """The documents of the record, by id."""
    found = store.select(
        """SELECT DISTINCT ?document ?digest ?characters WHERE {
            ?document a dm:Document ; dm:digest ?digest ; dm:characters ?characters } ORDER BY ?document"""
    )
    return tuple(
        Document(_id(row["document"]), row["digest"] or "", int(row["characters"] or 0)) for row in found
    )


# ---------------------------------------------------------------- is this text that document?


def _changed(file: Path, text: str, known: Iterable[Document], spans: _Spans) -> Problem | None:
    """Where the text differs from the document that it was, judged by the spans that are still in it."""
    plain = _plainer(text)
    for one in known:
        if one.digest in plain:
            message = "only line ends, a byte order mark or the end of the file differ from the document"
            return Problem(str(file), one.id, "sha256", message)
    best, most = None, 0.0
    for one in known:
        held = _share(text, one, spans[one.id])
        likely = held > _LIKELY or (held > 0 and len(text) == one.characters) or file.stem == one.id
        if likely and (best is None or held > most):
            best, most = one, held
    if best is None:
        return None
    failing = _failing(text, spans[best.id])
    return _failed(file, best, failing) or _beside_spans(file, best, spans[best.id])


def _plainer(text: str) -> set[str]:
    """The digests that the text would have without what editors and downloads like to add."""
    bare = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip()
    return {_digest(bare), _digest(f"{bare}\n")}


def _share(text: str, document: Document, spans: Mapping[Span, str]) -> float:
    """How many of its spans the text still holds, in place or moved by as much as it has become longer or shorter."""
    moved = len(text) - document.characters
    held = sum(
        _digest(text[start:end]) == digest
        or (moved != 0 and start + moved >= 0 and _digest(text[start + moved : end + moved]) == digest)
        for (start, end), digest in spans.items()
    )
    return held / len(spans) if spans else 0.0


def _failing(text: str, spans: Mapping[Span, str]) -> list[Span]:
    return [(start, end) for (start, end), digest in spans.items() if _digest(text[start:end]) != digest]


def _failed(file: Path, document: Document, failing: list[Span]) -> Problem | None:
    """Names the first span that fails, or the shortest that fails within it: the nearest to the change."""
    if not failing:
        return None
    first = min(failing)
    start, end = min(
        (span for span in failing if first[0] <= span[0] and span[1] <= first[1]),
        key=lambda span: (span[1] - span[0], span),
    )
    more = f"; {len(failing)} spans fail" if len(failing) > 1 else ""
    message = f"characters {start}-{end} are not those that the record was made from{more}"
    return Problem(str(file), document.id, "spans", message)


def _beside_spans(file: Path, document: Document, spans: Mapping[Span, str]) -> Problem:
    """Every span verifies, so the change lies between them: names where that may be."""
    gaps = list(_gaps(spans, document.characters))
    told = ", ".join(f"{start}-{end}" for start, end in gaps[:_MOST_GAPS])
    more = f" or {len(gaps) - _MOST_GAPS} further places" if len(gaps) > _MOST_GAPS else ""
    message = f"every span verifies, the text does not: it was changed at characters {told}{more}"
    return Problem(str(file), document.id, "sha256", message)


def _gaps(spans: Iterable[Span], characters: int) -> Iterator[Span]:
    reached = 0
    for start, end in sorted(spans):
        if start > reached:
            yield reached, start
        reached = max(reached, end)
    yield reached, characters


_Spans = Mapping[str, Mapping[Span, str]]


def _spans(store: Store) -> _Spans:
    """Document id -> the digest of each of its spans."""
    found: dict[str, dict[Span, str]] = {one.id: {} for one in documents(store)}
    rows = store.select(
        """SELECT ?document ?start ?end ?digest WHERE {
            ?span dm:inDocument ?document ; dm:start ?start ; dm:end ?end ; dm:digest ?digest }"""
    )
    for row in rows:
        span = (int(row["start"] or 0), int(row["end"] or 0))
        found.setdefault(_id(row["document"]), {})[span] = row["digest"] or ""
    return found


# ---------------------------------------------------------------- files


def _text_files(source: Path) -> list[Path]:
    if not source.is_dir():
        raise SourceError((Problem(str(source), "", "", "no such folder"),))
    files = sorted(file for file in source.glob("*.txt") if file.is_file())
    if not files:
        raise SourceError((Problem(str(source), "", "", "there is no .txt file in this folder"),))
    return files


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _decoded(data: bytes) -> str:
    """Places are counted in code points; line ends stay as they are, and what is no UTF-8 verifies nowhere."""
    return data.decode(errors="replace")


def _put(file: Path, data: bytes) -> bool:
    """Write the copy beside its place and move it there; False when it lies there already."""
    if file.is_file() and file.read_bytes() == data:
        return False
    write_whole(file, data)
    return True


def _digest(text: str) -> str:
    return _sha256(text.encode())


def _sha256(data: bytes) -> str:
    return sha256(data).hexdigest()


# ---------------------------------------------------------------- places in a text


def _place(span: str) -> tuple[str, Span]:
    """Document id and characters of the IRI of a span."""
    document, _, at = ids.local(span).removeprefix("span/").rpartition("/")
    start, _, end = at.partition("-")
    return document, (int(start), int(end))


def _report_span(values: Mapping[str, str]) -> str | None:
    if not (document := values.get("document_id")):
        return None
    return ids.span(_id(document), f"{values['start']}-{values['end']}")


def _before(text: str, start: int) -> int:
    """Where the surroundings begin: at the first word that starts within reach."""
    least = max(start - AROUND, 0)
    while 0 < least < start and not text[least - 1].isspace():
        least += 1
    return least


def _after(text: str, end: int) -> int:
    most = min(end + AROUND, len(text))
    while end < most < len(text) and not text[most].isspace():
        most -= 1
    return most


def _segments(text: str, start: int, end: int, marks: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    reached = start
    for first, last in marks:
        if first > reached:
            yield text[reached:first], False
        if last > max(first, reached):
            yield text[max(first, reached) : last], True
        reached = max(reached, last)
    if end > reached:
        yield text[reached:end], False


def _id(iri: str | None) -> str:
    return ids.local(iri or "").removeprefix("document/")
