"""A reader's own texts: attached when every span verifies, refused with the place named, never part of the store."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import NotFound, SourceError
from demarche.graph.exports import GRAPH_EXPORTS, export
from demarche.graph.store import OxigraphStore
from demarche.graph.texts import AROUND, NO_TEXTS, Attached, Texts, attach, detach, documents, opened

WORDS = "The minister spoke.\n“We 𝄞 protest,” he said, and went.\nNothing more was told."
SPANS = ((0, 19), (20, 49), (21, 34))
REUTERS = "2016-06-23-reuters"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def store_of(text: str = WORDS, name: str = "page") -> OxigraphStore:
    """A store that knows of one text by its digests alone."""
    document = f"<{ids.BASE}document/{name}>"
    lines = [f'{document} a dm:Document ; dm:digest "{digest(text)}" ; dm:characters {len(text)} .']
    lines += [
        f"<{ids.span(name, f'{start}-{end}')}> dm:inDocument {document} ; dm:start {start} ; dm:end {end} ;"
        f' dm:digest "{digest(text[start:end])}" .'
        for start, end in SPANS
    ]
    store = OxigraphStore()
    prefix = f"PREFIX dm: <{ids.ONTOLOGY}#>"
    store.update(f"{prefix} INSERT DATA {{ GRAPH {document} {{ {' '.join(lines)} }} }}")
    return store


def attached(tmp_path: Path, data: bytes, name: str = "any name.txt") -> Attached:
    (tmp_path / "mine").mkdir(exist_ok=True)
    (tmp_path / "mine" / name).write_bytes(data)
    return attach(tmp_path / "mine", store_of(), tmp_path / "texts")


@pytest.fixture(scope="module")
def whole(
    seed_graph: KnowledgeGraph, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Attached, Texts]:
    """All the articles attached to the record, and the texts as they are opened after that."""
    folder = tmp_path_factory.mktemp("texts")
    done = attach(shared / "data" / "articles", seed_graph.store, folder)
    warnings: list[str] = []
    texts = opened(folder, seed_graph.store, warnings.append)
    assert warnings == []
    return done, texts


def test_all_articles_are_attached_and_every_span_of_the_dossiers_verifies(
    whole: tuple[Attached, Texts], seed_graph: KnowledgeGraph
) -> None:
    done, texts = whole
    assert (len(done.documents), len(texts)) == (114, 114)
    assert (done.unchanged, done.unknown, done.refused) == ((), (), ())
    spans = seed_graph.store.select("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a dm:Span }")
    assert str(done.spans) == next(iter(spans))["n"]
    assert set(texts) == {one.id for one in documents(seed_graph.store)}


def test_the_span_of_each_of_the_367_rows_gives_the_words_of_the_row(
    whole: tuple[Attached, Texts], seed_graph: KnowledgeGraph, shared: Path
) -> None:
    by_digest = {one.digest: one.id for one in documents(seed_graph.store)}
    lines = (shared / "data" / "reactions.jsonl").read_text(encoding="utf-8").splitlines()
    verified = 0
    for row in map(json.loads, lines):
        text = (shared / "data" / "articles" / f"{row['article']}.txt").read_bytes()
        document = by_digest[sha256(text).hexdigest()]
        span = ids.span(document, f"{row['quote_start']}-{row['quote_end']}")
        assert whole[1].words([span]) == row["quote"], row["id"]
        verified += 1
    assert verified == 367


def test_answers_show_words_with_a_text_and_their_place_without(
    whole: tuple[Attached, Texts], seed_graph: KnowledgeGraph
) -> None:
    def told(graph: KnowledgeGraph) -> dict[str | None, dict[str, str | None]]:
        rows = graph.ask("who-reacted", event="2016-06-22-musudan")
        return {row["act_id"]: row for row in rows if row["document_id"] == f"{ids.BASE}document/{REUTERS}"}

    act = f"{ids.BASE}act/{REUTERS}/ban-denounce"
    without, with_text = told(seed_graph)[act], told(KnowledgeGraph(seed_graph.store, whole[1]))[act]
    assert (without["words"], without["words_at"]) == ("", "Reuters, 2016-06-23, characters 2120-2148")
    assert without["paraphrase"]
    assert digest(with_text["words"] or "") == _digest_held(seed_graph, f"{REUTERS}/2120-2148")
    assert with_text["words_at"] is None
    assert (with_text["words"] or "?") in (with_text["surroundings"] or "")


def test_quotations_show_words_with_a_text_and_their_place_without(
    whole: tuple[Attached, Texts], seed_graph: KnowledgeGraph
) -> None:
    graph = KnowledgeGraph(seed_graph.store, whole[1])
    without = list(seed_graph.ask("quotations", document=REUTERS))
    with_text = list(graph.ask("quotations", document=REUTERS))
    assert [row["words_at"] for row in without] == [
        f"Reuters, 2016-06-23, characters {row['start']}-{row['end']}" for row in with_text
    ]
    assert {row["words"] for row in without} == {None}
    assert [digest(row["words"] or "") for row in with_text] == [row["digest"] for row in with_text]


def test_words_of_the_record_itself_stay_as_they_are(
    whole: tuple[Attached, Texts], seed_graph: KnowledgeGraph
) -> None:
    graph = KnowledgeGraph(seed_graph.store, whole[1])
    asked = {"document": "2016-06-22-japan-times"}
    held = [row["words"] for row in seed_graph.ask("quotations", **asked)]
    assert [row["words"] for row in graph.ask("quotations", **asked)] == held
    assert all(held)


@pytest.mark.parametrize("name", GRAPH_EXPORTS)
def test_no_export_holds_a_word_of_an_attached_text(name: str, tmp_path: Path) -> None:
    store = store_of()
    before = export(store, name)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_bytes(WORDS.encode())
    attach(tmp_path / "mine", store, tmp_path / "texts")
    graph = KnowledgeGraph(store, opened(tmp_path / "texts", store, print))
    assert len(graph.texts) == 1
    assert sorted(export(graph.store, name).splitlines()) == sorted(before.splitlines())
    assert b"minister" not in export(graph.store, name)


def test_a_text_is_known_by_its_bytes_and_kept_byte_for_byte(tmp_path: Path) -> None:
    done = attached(tmp_path, WORDS.encode())
    assert (done.documents, done.spans) == (("page",), len(SPANS))
    assert (tmp_path / "texts" / "page.txt").read_bytes() == WORDS.encode()
    assert [one.name for one in (tmp_path / "texts").iterdir()] == ["page.txt"]


def test_to_attach_again_changes_nothing(tmp_path: Path) -> None:
    attached(tmp_path, WORDS.encode())
    done = attached(tmp_path, WORDS.encode())
    assert (done.documents, done.unchanged) == ((), ("page",))


@given(at=st.integers(0, len(WORDS) - 1))
def test_any_changed_character_is_refused_at_a_place_that_holds_it(
    at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    done = attached(folder, (WORDS[:at] + "#" + WORDS[at + 1 :]).encode())
    (refused,) = done.refused
    assert refused.record == "page"
    places = [part.split("-") for part in refused.message.split() if part[0].isdigit() and "-" in part]
    assert any(int(start) <= at < int(end.strip(",;")) for start, end in places)
    assert (done.documents, (folder / "texts").exists()) == ((), False)


@pytest.mark.parametrize("at", [0, 25, 40])
def test_a_text_with_a_word_more_is_still_told_as_the_document_it_was(at: int, tmp_path: Path) -> None:
    done = attached(tmp_path, (WORDS[:at] + "oh " + WORDS[at:]).encode())
    assert [one.record for one in done.refused] == ["page"]


@pytest.mark.parametrize(
    "text", [WORDS.replace("\n", "\r\n"), f"\ufeff{WORDS}", f"{WORDS}\n"], ids=["line ends", "mark", "end"]
)
def test_what_editors_add_is_refused_by_its_name(text: str, tmp_path: Path) -> None:
    (refused,) = attached(tmp_path, text.encode()).refused
    assert "only line ends, a byte order mark or the end of the file differ" in refused.message


@pytest.mark.parametrize("data", [b"", b"Another text altogether.", b"\xff\xfe\x00"])
def test_a_file_that_is_no_document_is_only_counted(data: bytes, tmp_path: Path) -> None:
    done = attached(tmp_path, data, "other.txt")
    assert (done.unknown, done.refused, done.documents) == (("other.txt",), (), ())


def test_a_refused_document_does_not_stop_the_others_and_leaves_its_earlier_copy(
    seed_graph: KnowledgeGraph, shared: Path, tmp_path: Path
) -> None:
    mine, texts = tmp_path / "mine", tmp_path / "texts"
    mine.mkdir()
    for name in ("000", "008"):
        (mine / f"{name}.txt").write_bytes((shared / "data" / "articles" / f"{name}.txt").read_bytes())
    first = attach(mine, seed_graph.store, texts)
    kept = {file.name: file.read_bytes() for file in texts.iterdir()}
    changed = bytearray((mine / "000.txt").read_bytes())
    changed[700] ^= 1
    (mine / "000.txt").write_bytes(changed)
    done = attach(mine, seed_graph.store, texts)
    assert (len(first.documents), len(done.unchanged), done.documents) == (2, 1, ())
    assert [one.record for one in done.refused] == ["2016-06-22-japan-times"]
    assert {file.name: file.read_bytes() for file in texts.iterdir()} == kept


def test_a_copy_that_was_changed_later_is_left_out_with_a_warning(tmp_path: Path) -> None:
    attached(tmp_path, WORDS.encode())
    (tmp_path / "texts" / "page.txt").write_text("something else", encoding="utf-8")
    warnings: list[str] = []
    assert len(opened(tmp_path / "texts", store_of(), warnings.append)) == 0
    assert len(warnings) == 1
    assert "page has changed" in warnings[0]


def test_a_folder_without_texts_is_refused_and_so_is_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="in this folder"):
        attach(tmp_path, store_of(), tmp_path / "texts")
    with pytest.raises(SourceError, match="no such folder"):
        attach(tmp_path / "nowhere", store_of(), tmp_path / "texts")


def test_detach_deletes_copies_of_documents_and_nothing_else(tmp_path: Path) -> None:
    attached(tmp_path, WORDS.encode())
    other = tmp_path / "texts" / "diary.txt"
    other.write_text("mine", encoding="utf-8")
    with pytest.raises(NotFound):
        detach(store_of(), tmp_path / "texts", "../mine/any name")
    assert detach(store_of(), tmp_path / "texts") == ("page",)
    assert list((tmp_path / "texts").iterdir()) == [other]


@given(
    start=st.integers(0, 900),
    length=st.integers(1, 60),
    text=st.text("ab \n", min_size=1000, max_size=1200),
)
def test_a_passage_is_a_piece_of_the_text_that_ends_between_words(start: int, length: int, text: str) -> None:
    texts = Texts({"page": text})
    found = texts.passage(ids.span("page", f"{start}-{start + length}"))
    assert found is not None
    marked = [number for number, (_, marked) in enumerate(found.segments) if marked]
    assert [found.segments[number][0] for number in marked] == [text[start : start + length]]
    before = "".join(part for part, _ in found.segments[: marked[0]])
    first, last = start - len(before), start - len(before) + len(found.text)
    assert found.text == text[first:last]
    assert (found.more_before, found.more_after) == (first > 0, last < len(text))
    assert start - AROUND <= first <= start < start + length <= last <= start + length + AROUND
    assert first in {0, start} or text[first - 1].isspace()
    assert last in {len(text), start + length} or text[last].isspace()


def test_quotations_are_marked_within_the_report() -> None:
    texts = Texts({"page": WORDS})
    found = texts.passage(ids.span("page", "20-49"), [ids.span("page", "21-34")])
    assert found is not None
    assert [part for part, marked in found.segments if marked] == [WORDS[21:34]]
    assert (found.text, found.more_before, found.more_after) == (WORDS, False, False)


def test_without_texts_there_is_neither_passage_nor_word() -> None:
    assert NO_TEXTS.passage(ids.span("page", "0-5")) is None
    assert NO_TEXTS.words([ids.span("page", "0-5")]) is None


def _digest_held(graph: KnowledgeGraph, span: str) -> str | None:
    found = graph.store.select(f"SELECT ?digest WHERE {{ <{ids.BASE}span/{span}> dm:digest ?digest }}")
    return next(iter(found))["digest"]
