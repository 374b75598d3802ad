"""What must hold of every printed date, whatever the zone of the machine that reads it."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph.intervals import bounds, parse_moment, utc_text

ZONES = st.integers(-12 * 60, 14 * 60).map(
    lambda minutes: f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
)
DATES = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001
FORMS = st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


def test_a_minute_in_tokyo_is_a_minute_of_the_day_before_in_utc() -> None:
    found = bounds("2016-06-22T05:57", None, "+09:00")
    assert (utc_text(found.earliest), utc_text(found.latest)) == (
        "2016-06-21T20:57:00Z",
        "2016-06-21T20:58:00Z",
    )
    assert found.utc_date == "2016-06-21"


def test_a_day_of_unknown_zone_runs_from_the_furthest_east_to_the_furthest_west() -> None:
    found = bounds("2016-06-22")
    assert (utc_text(found.earliest), utc_text(found.latest)) == (
        "2016-06-21T10:00:00Z",
        "2016-06-23T12:00:00Z",
    )
    assert found.utc_date is None


def test_a_day_in_tokyo_falls_on_two_days_of_utc() -> None:
    assert bounds("2016-06-22", None, "+09:00").utc_date is None


@pytest.mark.parametrize(
    ("value", "until", "earliest", "latest"),
    [
        ("2016", None, "2016-01-01T00:00:00Z", "2017-01-01T00:00:00Z"),
        ("2016-12", None, "2016-12-01T00:00:00Z", "2017-01-01T00:00:00Z"),
        ("2016-02", None, "2016-02-01T00:00:00Z", "2016-03-01T00:00:00Z"),
        ("2016-04", "2016-06-21", "2016-04-01T00:00:00Z", "2016-06-22T00:00:00Z"),
        ("1950", "1953", "1950-01-01T00:00:00Z", "1954-01-01T00:00:00Z"),
        ("2016-09-03T03:30:01", None, "2016-09-03T03:30:01Z", "2016-09-03T03:30:02Z"),
    ],
)
def test_an_interval_lasts_to_the_end_of_its_last_unit(
    value: str, until: str | None, earliest: str, latest: str
) -> None:
    found = bounds(value, until, "+00:00")
    assert (utc_text(found.earliest), utc_text(found.latest)) == (earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Wednesday", "2016-13", "2016-6-22", "22.06.2016", "2016-02-30", "2016-06-22T24:30", "٢٠١٦"),
        *("0001-01-01", "1000", "9999", "9999-12", "9999-12-31", "9999-12-31T23:59:59"),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        parse_moment(text)


@pytest.mark.parametrize("text", ["1001", "1001-01-01", "9998", "9998-12", "9998-12-31T23:59:59"])
def test_the_first_and_the_last_dates_have_bounds_in_every_zone(text: str) -> None:
    for zone in (None, "+23:59", "-23:59"):
        found = bounds(text, None, zone)
        assert [len(utc_text(one)) for one in (found.earliest, found.latest)] == [20, 20]


@given(DATES, FORMS, ZONES)
def test_a_known_zone_narrows_what_an_unknown_one_allows(day: datetime, form: str, zone: str) -> None:
    text = day.strftime(form)
    known, unknown = bounds(text, None, zone), bounds(text)
    assert unknown.earliest <= known.earliest < known.latest <= unknown.latest


@given(DATES, ZONES)
def test_a_coarser_date_holds_the_finer_one(day: datetime, zone: str) -> None:
    forms = ["%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    found = [bounds(day.strftime(form), None, zone) for form in forms]
    for coarse, fine in pairwise(found):
        assert coarse.earliest <= fine.earliest < fine.latest <= coarse.latest


@given(DATES, ZONES)
def test_the_printed_clock_can_be_had_back_from_utc(day: datetime, zone: str) -> None:
    text = day.strftime("%Y-%m-%dT%H:%M")
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    assert (bounds(text, None, zone).earliest + offset).strftime("%Y-%m-%dT%H:%M") == text
    assert bounds(text, None, zone).earliest.tzinfo == UTC


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Apia", "America/Los_Angeles"])
def test_the_zone_of_the_machine_changes_nothing(zone: str) -> None:
    code = "from demarche.graph.intervals import *; print(bounds('2016-06-22T05:57', None, '+09:00'))"
    here = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    there = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": zone},
    )
    assert here.stdout == there.stdout
