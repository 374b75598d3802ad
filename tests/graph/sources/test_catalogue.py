"""What the catalogues of launches and nuclear tests say, and how a changed table is refused."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarche.graph.errors import Problem, SourceError
from demarche.graph.intervals import utc_text
from demarche.graph.records import Catalogue, Claim, Event
from demarche.graph.sources.catalogue import read_catalogue
from demarche.graph.sources.launches import LaunchRow, LaunchSource, launch_salvos
from demarche.graph.sources.tables import read_table
from demarche.graph.sources.yaml_files import read_yaml, validated

SEED_DATA = Path(__file__).parents[3] / "seed_data"
LAUNCHES = SEED_DATA / "catalogues" / "cns-missile-tests"
TESTS = SEED_DATA / "catalogues" / "nuclear-tests"

Cells = dict[str, str]
Edit = Callable[[list[Cells]], list[Cells]]


@cache
def launches() -> Catalogue:
    return read_catalogue(LAUNCHES)


@cache
def nuclear_tests() -> Catalogue:
    return read_catalogue(TESTS)


def event(name: str) -> Event:
    return next(one for one in (*launches().events, *nuclear_tests().events) if one.id == name)


def claims_about(name: str) -> dict[str, Claim]:
    """Claims of one event by what their id says beyond the event's."""
    claims = (*launches().claims, *nuclear_tests().claims)
    return {one.id.removeprefix(f"{name}-"): one for one in claims if one.about == (f"event/{name}",)}


# ---------------------------------------------------------------- what the tables hold


def test_the_launches_are_339_nine_of_them_of_satellites_in_84_salvos() -> None:
    kinds = Counter(one.kind for one in launches().events)
    assert kinds == {"missile-launch": 330, "satellite-launch": 9, "missile-launch-salvo": 84}


def test_the_nuclear_tests_are_six() -> None:
    assert [one.label for one in nuclear_tests().events] == [
        "First North Korean nuclear test, 9 October 2006",
        "Second North Korean nuclear test, 25 May 2009",
        "Third North Korean nuclear test, 12 February 2013",
        "Fourth North Korean nuclear test, 6 January 2016",
        "Fifth North Korean nuclear test, 9 September 2016",
        "Sixth North Korean nuclear test, 3 September 2017",
    ]


@pytest.mark.parametrize("catalogue", [launches, nuclear_tests])
def test_no_two_things_of_a_catalogue_share_an_id_or_a_label(catalogue: Callable[[], Catalogue]) -> None:
    found = catalogue()
    for things in (found.events, found.claims, found.places, found.weapons):
        assert len({one.id for one in things}) == len(things)
    for named in (found.events, found.places, found.weapons):
        assert len({one.label for one in named}) == len(named)


@pytest.mark.parametrize("catalogue", [launches, nuclear_tests])
def test_every_weapon_and_site_of_an_event_is_described(catalogue: Callable[[], Catalogue]) -> None:
    found = catalogue()
    described = {f"weapon/{one.id}" for one in found.weapons} | {f"place/{one.id}" for one in found.places}
    used = {one for event in found.events for one in (event.weapon, event.place, event.landing_place) if one}
    assert used - described == ({"place/sea-of-japan"} if found.id == "cns-missile-tests" else set())


def test_a_site_keeps_the_spelling_of_the_source_beside_ours() -> None:
    site = next(one for one in launches().places if one.id == "west-sunan")
    assert (site.label, site.aliases, site.place_type, site.state) == (
        "West Sunan", ("Wast Sunan",), "launch-site", "PRK",
    )  # fmt: skip
    assert (site.latitude, site.longitude) == (39.3942, 125.6773)


def test_who_vouches_for_a_value_is_described_in_the_directory() -> None:
    bodies = read_yaml(SEED_DATA / "directory" / "catalogue-bodies.yaml")["bodies"]
    holders = {holder for one in (*launches().claims, *nuclear_tests().claims) for holder in one.holders}
    publishers = {launches().publisher, nuclear_tests().publisher}
    assert holders | publishers == {f"body/{one['id']}" for one in bodies} - {"body/ind"}


# ---------------------------------------------------------------- time

TRAPS = [
    ("2009-07-04-nodong-1", "2009-07-04", None, "2009-07-05 unknown"),
    ("2015-03-02-scud-c-2", "2015-03-02", None, "2015-03-01 unknown"),
    ("2016-02-07-unha-3-1", "2016-02-07T09:29", "2016-02-07T00:29:00Z", "2016-02-07 12:29 (UTC)"),
    ("2016-04-15-musudan-1", "2016-04-15T05:33", "2016-04-14T20:33:00Z", "2016-04-15 20:33 (UTC)"),
    ("2017-05-14-hwasong-12-1", "2017-05-14T05:28", "2017-05-13T20:28:00Z", "2017-05-14 20:28 (UTC)"),
    ("2017-07-04-hwasong-14-1", "2017-07-04T09:40", "2017-07-04T00:40:00Z", "2017-07-04 12:40 (UTC)"),
]


@pytest.mark.parametrize(("name", "local", "utc", "printed"), TRAPS)
def test_a_mended_time_keeps_what_the_source_printed(
    name: str, local: str, utc: str | None, printed: str
) -> None:
    time = event(name).time
    assert time
    assert (time.value, time.text, time.basis) == (local, printed, "external")
    assert utc is None or earliest(event(name)) == utc


def test_every_kind_of_correction_is_among_the_traps() -> None:
    mended = {event(name).correction for name, *_ in TRAPS}
    assert len(mended) == 6
    assert {one.correction for one in launches().events} == mended | {None}


@pytest.mark.parametrize(
    ("name", "local", "utc_date"),
    [
        ("2016-06-22-musudan-1", "2016-06-22T05:56", "2016-06-21"),
        ("2016-06-22-musudan", "2016-06-22T05:56", "2016-06-21"),
        ("2016-09-09-nuclear-test-1", "2016-09-09T09:30:01", "2016-09-09"),
        ("2012-12-12-unha-3-1", "2012-12-12", None),
        ("1984-09-scud-b-1", "1984-09", None),
    ],
)
def test_the_local_date_is_that_of_korea_and_the_utc_date_follows(
    name: str, local: str, utc_date: str | None
) -> None:
    time = event(name).time
    assert time
    assert (time.value, time.zone) == (local, "+09:00")
    bounds = time.bounds()
    assert bounds
    assert bounds.utc_date == utc_date


def test_a_zone_is_derived_where_the_source_has_a_clock_and_else_inferred_with_a_reason() -> None:
    rows = [one for one in launches().events if one.catalogue_row]
    found = Counter((one.time.zone_basis, one.time.precision, bool(one.note)) for one in rows if one.time)
    assert found == {
        ("derived", "minute", False): 255,
        ("inferred", "day", True): 76,
        ("inferred", "month", True): 8,
    }


# ---------------------------------------------------------------- salvos


def parts(salvo: str) -> list[str]:
    return [one.id for one in launches().events if f"event/{salvo}" in one.part_of]


def test_two_launches_of_one_missile_on_one_day_are_a_salvo() -> None:
    salvo = event("2016-06-22-musudan")
    assert parts("2016-06-22-musudan") == ["2016-06-22-musudan-1", "2016-06-22-musudan-2"]
    assert salvo.label == "Two Musudan launches of 22 June 2016"
    assert salvo.time
    assert (salvo.time.value, salvo.time.until) == ("2016-06-22T05:56", "2016-06-22T08:03")
    assert (salvo.weapon, salvo.place) == ("weapon/musudan", "place/wonsan-kalma-international-airport")


def test_a_salvo_lasts_the_whole_day_when_one_launch_has_no_clock_time() -> None:
    salvo = event("2019-05-04-hwasong-11a")
    assert len(parts(salvo.id)) == 2
    assert salvo.time
    assert (salvo.time.value, salvo.time.until, salvo.time.zone_basis) == ("2019-05-04", None, "inferred")


def test_launches_of_one_month_are_no_salvo() -> None:
    assert all(not event(f"1984-09-scud-b-{number}").part_of for number in (1, 2, 3))


def test_satellite_launches_of_one_day_are_no_salvo() -> None:
    first = next(row for row in rows() if row.id == "2012-04-13-unha-3-1")
    second = first.model_copy(update={"id": "2012-04-13-unha-3-2", "source_row": 1000})
    assert launch_salvos(source(), [first, second]) == {}


def test_a_salvo_from_several_sites_has_no_place_and_says_when_its_missiles_are_unidentified() -> None:
    salvo = event("2022-06-05-unknown")
    assert (salvo.place, salvo.weapon) == (None, None)
    assert salvo.label == "Eight launches of unidentified missiles, 5 June 2022"
    assert salvo.note
    assert "need not be of one type" in salvo.note


@cache
def source() -> LaunchSource:
    path = LAUNCHES / "source.yaml"
    return validated(LaunchSource, read_yaml(path), path)


@cache
def rows() -> tuple[LaunchRow, ...]:
    return read_table(LAUNCHES / "launches.csv", LaunchRow, ("missile_class_label",)).rows


def some_rows() -> st.SearchStrategy[list[LaunchRow]]:
    return st.lists(st.deferred(lambda: st.sampled_from(rows())), unique_by=lambda row: row.id)


@given(some_rows().flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_salvos_do_not_depend_on_the_order_of_rows(drawn: tuple[list[LaunchRow], list[LaunchRow]]) -> None:
    assert launch_salvos(source(), drawn[0]) == launch_salvos(source(), drawn[1])


@given(some_rows())
def test_two_missile_launches_share_a_salvo_when_day_and_missile_are_one(some: list[LaunchRow]) -> None:
    salvo_of = {row.id: name for name, members in launch_salvos(source(), some).items() for row in members}
    for one in some:
        peers = [
            row for row in some
            if (row.kst_date, row.missile) == (one.kst_date, one.missile) and row.missile_class != "SLV"
        ]  # fmt: skip
        has_salvo = len(peers) > 1 and one.date_precision == "day"
        assert {salvo_of.get(row.id) for row in (peers if has_salvo else [one])} == {
            one.id.rpartition("-")[0] if has_salvo else None
        }


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_table_in_another_order_is_the_same_catalogue(random: Random) -> None:
    def shuffled(rows: list[Cells]) -> list[Cells]:
        return random.sample(rows, len(rows))

    with TemporaryDirectory() as folder:
        found = read_catalogue(edited(LAUNCHES, Path(folder), shuffled))
    assert found.model_copy(update={"digest": launches().digest}) == launches()


# ---------------------------------------------------------------- claims


def test_each_value_of_a_launch_is_a_claim_of_whoever_gave_it() -> None:
    found = {
        name: (claim.value if claim.value is not None else claim.outcome, claim.unit, claim.holders)
        for name, claim in claims_about("2016-06-22-musudan-2").items()
    }
    assert found == {
        "outcome": ("success", None, ("body/cns",)),
        "launch-time": ("2016-06-22T08:03", "datetime", ("body/cns",)),
        "apogee": (1400, "km", ("body/cns",)),
        "distance": (400, "km", ("body/cns",)),
        "bearing": (73, "degree", ("body/nk-missile-tests",)),
    }


def test_an_empty_cell_claims_nothing() -> None:
    assert set(claims_about("1984-04-09-scud-b-1")) == {"outcome", "bearing"}


def test_an_outcome_that_the_source_calls_unknown_is_claimed_to_be_unknown() -> None:
    assert claims_about("2022-05-12-unknown-1")["outcome"].outcome == "unknown"


def test_a_launch_time_that_was_mended_says_so() -> None:
    claim = claims_about("2016-04-15-musudan-1")["launch-time"]
    assert (claim.zone, claim.note) == ("+09:00", event("2016-04-15-musudan-1").correction)


def test_each_end_of_a_range_of_yields_is_the_estimate_of_its_own_body() -> None:
    found = {
        name: (one.value, one.comparator, one.holders)
        for name, one in claims_about("2017-09-03-nuclear-test-1").items()
    }
    assert found == {
        "magnitude": (6.3, "eq", ("body/usa-geological-survey",)),
        "yield-low": (50, "eq", ("body/kor-meteorological-administration",)),
        "yield-high": (260, "eq", ("body/ind-space-research-organisation",)),
    }


def test_a_range_of_yields_from_one_body_is_one_claim_between_two_values(tmp_path: Path) -> None:
    folder = edited(TESTS, tmp_path, cell("2006-10-09-nuclear-test-1", "yield_kt_high", "0.9"))
    claim = next(one for one in read_catalogue(folder).claims if one.quantity == "yield")
    assert (claim.comparator, claim.value, claim.upper_value) == ("between", 0.7, 0.9)


def test_every_claim_about_a_nuclear_test_names_the_page_it_is_from(shared: Path) -> None:
    for row in cells_of(shared / "data" / "nuclear_tests.csv"):
        for claim in claims_about(row["id"]).values():
            assert claim.note
            assert claim.note.endswith(row["source_url"])


# ---------------------------------------------------------------- nothing lost, nothing added


@pytest.mark.parametrize(
    ("table", "original"),
    [(LAUNCHES / "launches.csv", "launches.csv"), (TESTS / "tests.csv", "nuclear_tests.csv")],
)
def test_the_table_carries_every_fact_of_the_original(table: Path, original: str, shared: Path) -> None:
    theirs = cells_of(shared / "data" / original)
    sources = {row.pop("source", None) for row in theirs}
    assert cells_of(table) == theirs
    assert len(sources) == 1


def test_the_launches_agree_with_the_original_value_by_value(shared: Path) -> None:
    original = {row["id"]: row for row in cells_of(shared / "data" / "launches.csv")}
    found = {one.id: launch_cells(one) for one in launches().events if one.catalogue_row}
    assert found.keys() == original.keys()
    differences = [
        (name, column, value, original[name][column])
        for name, cells in found.items()
        for column, value in cells.items()
        if value != original[name][column]
    ]
    assert differences == []


def test_the_nuclear_tests_agree_with_the_original_value_by_value(shared: Path) -> None:
    original = {row["id"]: row for row in cells_of(shared / "data" / "nuclear_tests.csv")}
    found = {one.id: nuclear_test_cells(one) for one in nuclear_tests().events}
    assert found == {name: {column: row[column] for column in found[name]} for name, row in original.items()}


def launch_cells(launch: Event) -> Cells:
    """The row from which the event and its claims could have been made."""
    time, claims = launch.time, claims_about(launch.id)
    weapon = next((one for one in launches().weapons if f"weapon/{one.id}" == launch.weapon), None)
    site = next((one for one in launches().places if f"place/{one.id}" == launch.place), None)
    assert time
    assert time.value
    outcome = claims["outcome"].outcome
    return {
        "source_row": launch.catalogue_row or "",
        "utc_time": earliest(launch).replace(":00Z", "Z") if "T" in time.value else "",
        "kst_date": time.value[:10],
        "kst_time": time.value[11:],
        "date_precision": time.precision if time.precision == "month" else "day",
        "correction": launch.correction or "",
        "missile": spelling(weapon.label, weapon.aliases, "missile") if weapon else "Unknown",
        **({"missile_class": weapon.missile_class.upper()} if weapon else {}),
        "site": spelling(site.label, site.aliases, "site") if site else "Unknown",
        **({"site_lat": str(site.latitude), "site_lon": str(site.longitude)} if site else {}),
        "site_known": "yes" if site else "no",
        "outcome": outcome or "",
        "apogee_km": amount(claims, "apogee"),
        "range_km": amount(claims, "distance"),
        "bearing_deg": amount(claims, "bearing"),
        **({"landing": landing(launch.landing_place)} if launch.landing_place else {}),
    }


def nuclear_test_cells(test: Event) -> Cells:
    claims, time = claims_about(test.id), test.time
    place = next(one for one in nuclear_tests().places if f"place/{one.id}" == test.place)
    assert time
    assert time.value
    high = "yield-high" if "yield-high" in claims else "yield"
    low = "yield-low" if "yield-low" in claims else "yield"
    return {
        "utc_time": earliest(test),
        "kst_date": time.value[:10],
        "kst_time": time.value[11:16],
        "number": test.catalogue_row or "",
        "lat": str(place.latitude),
        "lon": str(place.longitude),
        "magnitude": amount(claims, "magnitude"),
        "yield_kt_low": amount(claims, low),
        "yield_kt_high": amount(claims, high),
    }


def earliest(found: Event) -> str:
    bounds = found.time.bounds() if found.time else None
    assert bounds
    return utc_text(bounds.earliest)


def amount(claims: dict[str, Claim], name: str) -> str:
    return str(claims[name].value) if name in claims else ""


def landing(place: str) -> str:
    return {"place/prk-territory": "north-korea"}.get(place, place.removeprefix("place/"))


def spelling(label: str, aliases: tuple[str, ...], column: str) -> str:
    """The name that the table uses among those we give."""
    return next(name for name in (*aliases, label) if name in getattr(source(), column))


# ---------------------------------------------------------------- strictness


def cells_of(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def edited(original: Path, folder: Path, edit: Edit) -> Path:
    """A copy of the catalogue whose rows went through the edit."""
    copy = shutil.copytree(original, folder / original.name)
    path = next(copy.glob("*.csv"))
    changed = edit(cells_of(path))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(changed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(changed)
    return copy


def cell(name: str, column: str, value: str) -> Edit:
    return lambda rows: [{**row, column: value} if row["id"] == name else row for row in rows]


def without(name: str) -> Edit:
    return lambda rows: [row for row in rows if row["id"] != name]


def renamed(old: str, new: str) -> Edit:
    return lambda rows: [{new if key == old else key: value for key, value in row.items()} for row in rows]


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(SourceError) as caught:
        read_catalogue(folder)
    return caught.value.problems


def named(found: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(one.record, one.field) for one in found]


MUSUDAN = "2016-06-22-musudan-1"
WITHOUT_CLOCK = (
    "source date carried over unchanged (no clock time; for 1998-2022 rows this is the local date)"
)


@pytest.mark.parametrize(
    ("edit", "record", "field"),
    [
        (renamed("apogee_km", "apogee"), "header", "apogee_km"),
        (renamed("apogee_km", "apogee"), "header", "apogee"),
        (cell(MUSUDAN, "outcome", "partial"), MUSUDAN, "outcome"),
        (cell(MUSUDAN, "missile", "Hwasong-10"), MUSUDAN, "missile"),
        (cell(MUSUDAN, "missile_class", "MRBM"), MUSUDAN, "missile_class"),
        (cell(MUSUDAN, "missile_class", "XRBM"), MUSUDAN, "missile_class"),
        (cell(MUSUDAN, "site", "Wonsan"), MUSUDAN, "site"),
        (cell(MUSUDAN, "site_known", "no"), MUSUDAN, "site_known"),
        (cell(MUSUDAN, "site_lat", "39.2"), MUSUDAN, "site_lat"),
        (cell(MUSUDAN, "site_lat", "93.2"), MUSUDAN, "site_lat"),
        (cell(MUSUDAN, "landing", "east-sea"), MUSUDAN, "landing"),
        (cell(MUSUDAN, "kst_date_basis", "guess"), MUSUDAN, "kst_date_basis"),
        (cell(MUSUDAN, "kst_date_basis", WITHOUT_CLOCK), MUSUDAN, "kst_date_basis"),
        (cell(MUSUDAN, "correction", "moved by a day"), MUSUDAN, "correction"),
        (cell(MUSUDAN, "kst_time", "05:57"), MUSUDAN, "kst_time"),
        (cell(MUSUDAN, "kst_time", ""), MUSUDAN, "kst_time"),
        (cell(MUSUDAN, "kst_time", "5:56"), MUSUDAN, "kst_time"),
        (cell(MUSUDAN, "kst_date", "2016-06-21"), MUSUDAN, "kst_time"),
        (cell(MUSUDAN, "kst_date", "2016-06-31"), MUSUDAN, "kst_date"),
        (cell(MUSUDAN, "utc_time", "2016-06-21T19:56Z"), MUSUDAN, "kst_time"),
        (cell(MUSUDAN, "utc_time", "2016-06-21T20:56"), MUSUDAN, "utc_time"),
        (cell(MUSUDAN, "date_precision", "month"), MUSUDAN, "date_precision"),
        (cell(MUSUDAN, "range_km", "100 km"), MUSUDAN, "range_km"),
        (cell(MUSUDAN, "range_km", "nan"), MUSUDAN, "range_km"),
        (cell(MUSUDAN, "site", ""), MUSUDAN, "site"),
        (cell(MUSUDAN, "source_row", "84"), MUSUDAN, "source_row"),
        (cell(MUSUDAN, "id", "2016-06-22-musudan-3"), "2016-06-22-musudan-3", "id"),
        (cell(MUSUDAN, "id", "2016-06-22-musudan-2"), "2016-06-22-musudan-2", "id"),
        (without(MUSUDAN), "source_row 83", "source_row"),
        (without(MUSUDAN), "expected", "rows"),
        (without(MUSUDAN), "expected", "outcome"),
        (without(MUSUDAN), "expected", "salvos"),
    ],
)  # fmt: skip
def test_a_changed_table_of_launches_is_refused_by_row_and_column(
    edit: Edit, record: str, field: str, tmp_path: Path
) -> None:
    found = problems(edited(LAUNCHES, tmp_path, edit))
    assert (record, field) in named(found)
    assert {one.file for one in found} == {str(tmp_path / "cns-missile-tests" / "launches.csv")}


THIRD = "2013-02-12-nuclear-test-1"


@pytest.mark.parametrize(
    ("edit", "record", "field"),
    [
        (renamed("magnitude", "mb"), "header", "magnitude"),
        (cell(THIRD, "site", "Punggye"), THIRD, "site"),
        (cell(THIRD, "magnitude_agency", "CTBTO"), THIRD, "magnitude_agency"),
        (cell(THIRD, "yield_source", "a guess"), THIRD, "yield_source"),
        (cell(THIRD, "yield_source", ""), THIRD, "yield_source"),
        (cell(THIRD, "yield_kt_high", "1"), THIRD, "yield_kt_high"),
        (cell(THIRD, "kst_time", "11:58"), THIRD, "kst_time"),
        (cell(THIRD, "number", "4"), THIRD, "number"),
        (cell(THIRD, "id", "2013-02-13-nuclear-test-1"), "2013-02-13-nuclear-test-1", "id"),
        (without(THIRD), "expected", "rows"),
    ],
)
def test_a_changed_table_of_nuclear_tests_is_refused_by_row_and_column(
    edit: Edit, record: str, field: str, tmp_path: Path
) -> None:
    assert (record, field) in named(problems(edited(TESTS, tmp_path, edit)))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    def edit(rows: list[Cells]) -> list[Cells]:
        return cell("2017-07-28-hwasong-14-1", "bearing_deg", "east")(
            cell(MUSUDAN, "kst_time", "05:57")(rows)
        )

    found = named(problems(edited(LAUNCHES, tmp_path, edit)))
    assert found == [("2017-07-28-hwasong-14-1", "bearing_deg"), (MUSUDAN, "kst_time")]


def test_a_spelling_that_the_folder_no_longer_explains_is_refused(tmp_path: Path) -> None:
    copy = edited(LAUNCHES, tmp_path, lambda rows: rows)
    respell(copy, "  Musudan: {id: musudan}\n", "")
    assert Counter(named(problems(copy)))[MUSUDAN, "missile"] == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rows: launches", "rows: satellites"),
        ("outcome: {success: success", "outcome: {success: triumph"),
        ("bearing_holder: body/nk-missile-tests", "bearing_holder: nk-missile-tests"),
        ("ignored: [missile_class_label]", "ignored: [missile_class_label]\nignore: []"),
        ("table: launches.csv", "table: ../nuclear-tests/tests.csv"),
    ],
)
def test_a_folder_with_a_wrong_word_is_refused(old: str, new: str, tmp_path: Path) -> None:
    copy = edited(LAUNCHES, tmp_path, lambda rows: rows)
    respell(copy, old, new)
    assert {one.file for one in problems(copy)} == {str(copy / "source.yaml")}


def respell(folder: Path, old: str, new: str) -> None:
    path = folder / "source.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [b"", b"id\n", b"\xff\xfe", b'id,"source_row\n', (LAUNCHES / "launches.csv").read_bytes() + b"one,two\n"],
)
def test_bytes_that_are_no_such_table_are_refused(content: bytes, tmp_path: Path) -> None:
    copy = edited(LAUNCHES, tmp_path, lambda rows: rows)
    (copy / "launches.csv").write_bytes(content)
    assert problems(copy)


def test_a_missing_table_is_refused_by_name(tmp_path: Path) -> None:
    copy = edited(LAUNCHES, tmp_path, lambda rows: rows)
    (copy / "launches.csv").unlink()
    assert [one.file for one in problems(copy)] == [str(copy / "launches.csv")]
