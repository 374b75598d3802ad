"""What the gold annotation says, in the same plain words as the view of the graph; nothing is judged here."""

from __future__ import annotations

import re
from typing import Any

from .graph_view import Items, Said

Gold = dict[str, Any]

# What the gold and the record call by different names.
NAMES = {
    "act:dprk": "body/prk",
    "act:jpn": "body/jpn",
    "act:usa": "body/usa",
    "act:kor": "body/kor",
    "act:chn": "body/chn",
    "act:rus": "body/rus",
    "act:jpn-mod": "body/jpn-ministry-of-defense",
    "act:jpn-sdf": "body/jpn-self-defense-forces",
    "act:jpn-cabsec": "body/jpn-cabinet-secretariat",
    "act:jpn-upper": "body/jpn-house-of-councillors",
    "act:jpn-emb-bj": "body/jpn-embassy-beijing",
    "act:kor-jcs": "body/kor-joint-chiefs-of-staff",
    "act:us-pacom": "body/usa-pacific-command",
    "act:us-navy": "body/usa-navy",
    "act:norad": "body/norad",
    "act:us-state": "body/usa-department-of-state",
    "act:un": "body/un",
    "act:unsc": "body/unsc",
    "act:wpk": "body/prk-workers-party",
    "act:us-del": "body/./us-delegation",
    "act:kor-del": "body/./south-korean-delegation",
    "act:dprk-del": "body/./north-korean-delegation",
    "act:japantimes": "body/japan-times",
    "act:media-unnamed": "source/./media-reports",
    "act:reporters-oita": "body/./reporters-in-oita",
    "per:nakatani": "person/gen-nakatani",
    "per:abe": "person/shinzo-abe",
    "per:hagiuda": "person/koichi-hagiuda",
    "per:benham": "person/dave-benham",
    "per:kirby": "person/john-kirby",
    "per:kim": "person/kim-jong-un",
    "off:jpn-defmin": "office/jpn-minister-of-defense",
    "off:jpn-pm": "office/jpn-prime-minister",
    "off:jpn-dccs": "office/jpn-deputy-chief-cabinet-secretary",
    "off:pacom-spox": "office/usa-pacific-command-spokesperson",
    "off:state-spox": "office/usa-state-department-spokesperson",
    "off:dprk-leader": "office/prk-supreme-leader",
    "pl:wonsan": "place/wonsan",
    "pl:seaofjapan": "place/sea-of-japan",
    "pl:sea-unnamed": "place/sea-of-japan",  # as a reading of 0.9, never as a landing place: see its test
    "pl:guam": "place/guam",
    "pl:oita": "place/oita-prefecture",
    "pl:beijing": "place/beijing",
    "pl:northamerica": "place/north-america",
    "pl:korpen": "place/korean-peninsula",
    "pl:jpn-territory": "place/japanese-territory-and-waters",
    "ev:salvo": "event/2016-06-22-musudan",
    "ev:launch1": "event/2016-06-22-musudan-1",
    "ev:launch2": "event/2016-06-22-musudan-2",
    "ev:prior4": "event/./prior-musudan-tests",
    "ev:unsc-sanctions": "event/./un-sanctions",
    "ev:nuctest": "event/./nuclear-test",
    "ev:satlaunch": "event/./satellite-launch",
    "ev:wpk-congress": "event/./party-congress",
    "ev:intercept-order": "act/./intercept-order",
    "ev:alert": "event/./alert",
    "ev:protest": "act/./protest",
    "ev:forum": "event/./security-forum",
    "ev:forum2012": "event/./dialogue-2012",
    "ev:sixparty": "event/./six-party-talks",
    "ev:election": "event/./upper-house-election",
    "ev:abe-campaign": "event/./abe-campaign",
    "ev:koreanwar": "event/./korean-war",
    "ev:armistice": "event/./armistice",
    "ev:anniversary66": "event/./anniversary-66",
    "Musudan": "weapon/musudan",
}
ACTS = {"ev:intercept-order", "ev:protest"}  # events of the gold that are acts in the record


class OneOf(frozenset[str | None]):
    """Any of these values agrees with the gold."""


class AtLeast(frozenset[str]):
    """The graph may say more than the gold."""


_BODY_TYPES: dict[str, tuple[str, OneOf]] = {
    "Government": ("Government", OneOf({"government"})),
    "Ministry": ("GovernmentBody", OneOf({"ministry", "foreign-ministry", "defence-ministry"})),
    "MilitaryBody": ("GovernmentBody", OneOf({"military", "military-command", "military-service"})),
    "GovernmentBody": ("GovernmentBody", OneOf({"government-body", "cabinet-office"})),
    "Legislature": ("GovernmentBody", OneOf({"legislature", "parliamentary-chamber"})),
    "DiplomaticMission": ("GovernmentBody", OneOf({"diplomatic-mission"})),
    "InternationalBody": (
        "InternationalBody",
        OneOf({"international-organisation", "un-organ", "binational-command"}),
    ),
    "PoliticalParty": ("Body", OneOf({"political-party"})),
    "Delegation": ("Delegation", OneOf({"delegation"})),
    "MediaOrganisation": ("MediaOrganisation", OneOf({"newspaper"})),
    "Group": ("Body", OneOf({"group"})),
    "UnnamedSource": ("UnnamedSource", OneOf({None})),
    "Person": ("Person", OneOf({None})),
}
_QUANTITIES = {
    "number of launches": "launch-count",
    "launch time": "launch-time",
    "interval": "interval",
    "altitude": "apogee",
    "distance flown": "distance",
    "potential range": "range",
    "count": "count",
    "days from launch": "days-before",
    "duration": "duration",
}
_DURATIONS = {"PT2H": ("120", "min"), "P2D": ("2", "day")}


def name(gold_id: str) -> str:
    """The reference of a thing; statements keep their keys."""
    kind, _, key = gold_id.partition(":")
    return f"act/./{key}" if kind == "st" else NAMES[gold_id]


def names(value: str | list[str] | None) -> frozenset[str]:
    return frozenset(name(one) for one in ([value] if isinstance(value, str) else value or []))


def span(value: Gold | None) -> str | None:
    return None if value is None else f"{value['start']}-{value['end']}"


# ---------------------------------------------------------------- the gold, item by item


def statements(gold: Gold) -> Items:
    relayers = {one["id"]: _relayer(gold, one) for one in gold["statements"]}
    return {
        name(one["id"]): {
            "kind": one["kind"],
            "speakers": names(one["speaker"]),
            "offices": names(one.get("speaker_office")),
            "bodies": names(one["body"]),
            "governments": names(one.get("on_behalf_of")),
            "level": _level(one),
            "stance": one["stance"]["label"],
            "polarity": one["stance"]["polarity"],
            "intensity": one["stance"]["intensity"],
            "toward": names(one["stance"]["toward"]),
            "channel": one["channel"],
            "addressees": names(one.get("addressee")),
            "via": None,
            "place": _name(one.get("place")),
            "at event": _name(one.get("at_event")),
            "not before": None,
            "not after": _name(one["date"].get("not_after")),
            "announces": names(one.get("announces")),
            "relays": names(one.get("relays")),
            "invokes": names(one.get("mentions_events")),
            **_time(one["date"]),
            "mode": one["mode"],
            "span": span(one["span"]),
            "source": span(one["source"]),
            "cues": {span(one[cue]) for cue in ("cue", "cue2") if cue in one},
            "hedge": span(one.get("hedge")),
            "channel span": span(one.get("channel_span")),
            "characterisation": span(one.get("characterised_by_narrator_as")),
            **relayers[one["id"]],
            "quotations": {_quotation(quote) for quote in one["quotes"]},
        }
        for one in gold["statements"]
    }


def material_acts(gold: Gold) -> Items:
    """Of the two acts that the gold lists as events, what it says of them."""
    return {
        name(one["id"]): {
            "kind": one["kind"],
            "speakers": names(one["actor"]),
            "level": _level(one),
            "addressees": names(one.get("addressee") or one.get("target")),
            "via": _name(one.get("via")),
            "place": _name(one.get("place")),
            **({"channel": _first_word(one["channel"])} if "channel" in one else {}),
            "not before": _name(one["date"].get("not_before")),
            "not after": _name(one["date"].get("not_after")),
            "date": one["date"]["value"],
            "precision": one["date"]["precision"],
            "time basis": _first_word(one["date"]["basis"]),
        }
        for one in gold["events"]
        if one["id"] in ACTS
    }


def ties(gold: Gold) -> Items:
    found = {
        f"{name(one['id'])} -> {name(tie.get('event') or tie['statement'])}": _tie(
            tie["basis"], tie.get("confidence")
        )
        for one in gold["statements"]
        for tie in one["reacts_to"]
    }
    for relation in gold["event_relations"]:
        if relation["relation"] in {"reactsTo", "anticipates"}:
            key = f"{name(relation['subject'])} -> {name(relation['object'])}"
            found[key] = _tie(relation["basis"], relation.get("confidence"), relation["relation"])
    return found


def claims(gold: Gold) -> Items:
    found: Items = {}
    for one in gold["measurements"]:
        value, unit = _DURATIONS.get(
            one["value"] if isinstance(one["value"], str) else "", (one["value"], None)
        )
        low, high = value if isinstance(value, list) else (value, None)
        by = str(one.get("by", "narrator"))
        found[span(one["span"]) or ""] = {
            "about": AtLeast(names(one["about"])),
            "quantity": _QUANTITIES[one["property"]],
            "comparator": one.get("comparator", "eq"),
            "value": f"2016-06-22T{low}" if one["property"] == "launch time" else str(low),
            "upper": None if high is None else str(high),
            **({"unit": one.get("unit") or unit} if one.get("unit") or unit else {}),
            "holders": names(by) if by in NAMES else frozenset(),
            "candidates": frozenset(NAMES[part] for part in re.findall(r"or (\S+:\S+)", by)),
            "mode": "narrator" if by.startswith("narrator") else None,
        }
    return found


def outcomes(gold: Gold) -> Items:
    return {
        name(one["id"]): {
            "outcome": {one["outcome"]["value"]},
            "status": {one["outcome"]["status"]},
            "holders": _in_words(one["outcome"]["by"]),
            "mode": {"narrator"} if _is_open(one["outcome"]["by"]) else set(),
        }
        for one in gold["events"]
        if "outcome" in one
    }


def assertions(gold: Gold) -> Items:
    return {
        span(one["span"]) or "": {
            "about": names(one["about"]),
            "candidates": names([who for who in one.get("candidates", []) if who != "narrator"]),
            "mode": "narrator",
        }
        for one in gold["narrator_assertions"]
    }


def mentions(gold: Gold) -> Items:
    found: Items = {}
    for one in (*gold["actors"], *gold["offices"], *gold["places"], *gold["events"]):
        for mention in (*one.get("mentions", ()), *([one["mention"]] if "mention" in one else ())):
            found[f"{name(one['id'])} at {span(mention)}"] = {}
    for one in gold["actors"]:
        if "resolution" in one:
            (confidence,) = re.findall(r"0\.\d+", one["resolution"])
            for mention in one["mentions"]:
                found[f"{name(one['id'])} at {span(mention)}"] = {"confidence": float(confidence)}
    return found


def events(gold: Gold) -> Items:
    return {name(one["id"]): _event(one) for one in gold["events"] if one["id"] not in ACTS}


def actors(gold: Gold) -> Items:
    return {
        name(one["id"]): {
            "type": _BODY_TYPES[one["type"]][0],
            "body type": _BODY_TYPES[one["type"]][1],
            "part of": names(one.get("part_of")),
            "members": names([member for member in one.get("members", []) if "(external)" not in member]),
            "state": one.get("state") if one["type"] == "Government" else None,
            "at event": _name(one.get("at_event")),
        }
        for one in gold["actors"]
    }


def offices(gold: Gold) -> Items:
    return {name(one["id"]): {"body": name(one["body"])} for one in gold["offices"]}


def places(gold: Gold) -> Items:
    return {name(one["id"]): {"kind": one["kind"], "state": one.get("country")} for one in gold["places"]}


def _event(one: Gold) -> Said:
    time = one.get("time") or one.get("date") or {}
    start = time.get("value", time.get("start"))
    weapon = {"weapon": NAMES["Musudan"]} if one.get("missile", "").startswith("Musudan") else {}
    basis = {"time basis": OneOf(re.findall(r"explicit|resolved|inferred", time["basis"]))} if time else {}
    return {
        "kind": one["kind"],
        "actors": names(one.get("actor")),
        "participants": names(one.get("participants")),
        "led by": names(one.get("led_by")),
        "targets": names(one.get("target")),
        "place": _name(one.get("place")),
        "part of": AtLeast(names(one.get("part_of"))),
        "date": str(start)[:10] if start else None,
        "precision": time.get("precision"),
        "approximate": bool(time.get("approx")),
        **({"earliest": time["utc"]} if "utc" in time else {}),
        **({"utc date": one["utc_date"]} if "utc_date" in one else {}),
        **({"zone": time["zone"]} if "zone" in time else {}),
        **({"time span": span(time["mention"])} if "mention" in time else {}),
        **({"time span": span(time["start_text"])} if "start_text" in time else {}),
        **({"latest": _end(time)} if "end" in time else {}),
        **weapon,
        **basis,
    }


def _end(time: Gold) -> str:
    """The end of an interval, in the frame of the newspaper, as the instant in UTC at which it is over."""
    if time.get("end_exclusive"):
        return f"{_day_before(time['end'])}T15:00:00Z"
    return f"{time['end']}T15:00:00Z" if time["precision"] == "day" else f"{time['end']}-12-31T15:00:00Z"


def _day_before(day: str) -> str:
    return f"{day[:-2]}{int(day[-2:]) - 1:02}"


def _time(date: Gold) -> Said:
    if date["value"] is None:
        return {"date": None, "precision": "unknown"}
    return {
        "date": date["value"],
        "precision": date["precision"],
        "zone": "+09:00",
        "time basis": _first_word(date["basis"]),
        **({"time span": span(date["mention"])} if "mention" in date else {}),
    }


def _tie(basis: str, confidence: float | None, relation: str = "reactsTo") -> Said:
    presumed = _first_word(basis) == "inferred"
    return {
        "property": "presumablyReactsTo" if presumed else relation,
        "basis": _first_word(basis),
        "confidence": confidence,
    }


def _relayer(gold: Gold, one: Gold) -> Said:
    """Who passed the statement on: the speaker of the relaying statement, or the source named in the text."""
    if "relayed_by" in one:
        (relaying,) = (other for other in gold["statements"] if other["id"] == one["relayed_by"])
        return {"relayer": name(relaying["speaker"]), "relayer span": span(relaying["source"])}
    if "relayed_by_source" in one:
        return {"relayer": NAMES["act:media-unnamed"], "relayer span": span(one["relayed_by_source"])}
    return {"relayer": None, "relayer span": None}


def _quotation(quote: Gold) -> tuple[str | None, ...]:
    insertions = " ".join(sorted(span(one) or "" for one in quote.get("editorial_insertions", ())))
    return span(quote), quote["text"], quote["normalized"], _first_word(quote["fidelity"]), insertions


def _level(one: Gold) -> str:
    return str(one["reaction_level"]).partition("-")[2]


def _name(gold_id: str | None) -> str | None:
    return None if gold_id is None else name(gold_id)


def _first_word(text: str) -> str:
    return re.split(r"\W", text)[0]


def _in_words(by: str | list[str]) -> frozenset[str]:
    """The actors that a remark names; the word about the satellite launch is the same as about the nuclear test."""
    found = re.findall(r"(?:act|per):[a-z-]+", " ".join([by] if isinstance(by, str) else by))
    return (
        frozenset(NAMES[one] for one in found) if found or "narrator" in by else frozenset({NAMES["per:kim"]})
    )


def _is_open(by: str | list[str]) -> bool:
    return isinstance(by, str)
