"""What the graph says of one document, asked in the ontology's terms and told in plain words for comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from demarche.graph import identifiers as ids
from demarche.graph.store import Store
from demarche.ontology import DM

Said = dict[str, object]
Items = dict[str, Said]


@dataclass(frozen=True)
class Thing:
    """A node and what one graph says of it: names of terms to values, IRIs of ours as references."""

    reference: str
    values: dict[str, frozenset[str]]

    def all(self, term: str) -> frozenset[str]:
        return self.values.get(str(DM[term]), frozenset())

    def one(self, term: str) -> str | None:
        found = self.all(term)
        assert len(found) <= 1, f"{self.reference} has several values of {term}: {sorted(found)}"
        return next(iter(found), None)

    def number(self, term: str) -> float | None:
        found = self.one(term)
        return None if found is None else float(found)


class GraphView:
    """The graph of one document, beside the directory that it refers to."""

    def __init__(self, store: Store, document: str) -> None:
        self.store = store
        self.document = document
        self.graph = ids.iri(f"document/{document}")

    def things(self, kind: str, graph: str | None = None) -> dict[str, Thing]:
        """Every node of a class, by its reference; ``.`` stands for the document."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.store.select(
            f"""SELECT ?thing ?term ?value WHERE {{
                GRAPH <{graph or self.graph}> {{ ?thing a <{DM[kind]}> ; ?term ?value }}
            }}"""
        ):
            found[self.plain(row["thing"] or "")][row["term"] or ""].add(self.plain(row["value"] or ""))
        return {
            thing: Thing(thing, {term: frozenset(values) for term, values in said.items()})
            for thing, said in found.items()
        }

    def directory(self, kind: str) -> dict[str, Thing]:
        return self.things(kind, ids.DIRECTORY_GRAPH)

    def holds(self, subject: str, term: str, value: str) -> bool:
        subject, value = (ids.iri(one, self.document) for one in (subject, value))
        return self.store.ask(f"ASK {{ GRAPH <{self.graph}> {{ <{subject}> <{DM[term]}> <{value}> }} }}")

    def plain(self, value: str) -> str:
        """A value as a person would write it: a code by its word, a span by its ends, a thing by its reference."""
        if value.startswith(ids.CODE):
            return value.rpartition("/")[2]
        if value.startswith(f"{ids.BASE}span/"):
            return self._ends[value]
        if value.startswith(ids.BASE):
            return ids.local(value).replace(f"/{self.document}/", "/./")
        return value.removeprefix(f"{ids.ONTOLOGY}#")

    @cached_property
    def _ends(self) -> dict[str, str]:
        rows = self.store.select(
            f"""SELECT ?span ?start ?end WHERE {{
                GRAPH <{self.graph}> {{ ?span a dm:Span ; dm:start ?start ; dm:end ?end }}
            }}"""
        )
        return {row["span"] or "": f"{row['start']}-{row['end']}" for row in rows}

    @cached_property
    def spans(self) -> dict[str, Thing]:
        return self.things("Span")

    @cached_property
    def acts(self) -> dict[str, Thing]:
        return self.things("Act")

    @cached_property
    def events(self) -> dict[str, Thing]:
        return self.things("Event")

    @cached_property
    def links(self) -> dict[tuple[str, str, str], Thing]:
        """The grounds of each link, by what it links: subject, term, object."""
        return {
            (link.one("linkFrom") or "", link.one("linkProperty") or "", link.one("linkTo") or ""): link
            for link in self.things("Link").values()
        }

    @cached_property
    def offices(self) -> dict[str, str | None]:
        return {tenure: thing.one("office") for tenure, thing in self.directory("Tenure").items()}

    def reactions_to(self, *events: str) -> set[tuple[str, str]]:
        """The acts that answer one of the events, each with the property by which it does."""
        wanted = " ".join(f"<{ids.iri(event, self.document)}>" for event in events)
        rows = self.store.select(
            f"""SELECT DISTINCT ?act ?tie WHERE {{
                VALUES ?event {{ {wanted} }} VALUES ?tie {{ dm:reactsTo dm:presumablyReactsTo }}
                GRAPH <{self.graph}> {{ ?act a dm:Reaction ; ?tie ?event }}
            }}"""
        )
        return {(self.plain(row["act"] or ""), self.plain(row["tie"] or "")) for row in rows}

    def literals(self) -> list[str]:
        """Every text and number that the document's graph holds."""
        rows = self.store.select(
            f"SELECT DISTINCT ?text WHERE {{ GRAPH <{self.graph}> {{ ?s ?p ?text FILTER isLiteral(?text) }} }}"
        )
        return [row["text"] or "" for row in rows]


# ---------------------------------------------------------------- the graph, item by item


def statements(view: GraphView) -> Items:
    reports = _reports(view)
    return {
        act: {**_act(view, thing), **reports[act]}
        for act, thing in view.acts.items()
        if act in view.things("Statement")
    }


def material_acts(view: GraphView) -> Items:
    return {act: _act(view, thing) for act, thing in view.acts.items() if act in view.things("MaterialAct")}


def ties(view: GraphView) -> Items:
    """What each act answers or anticipates, with basis and confidence."""
    return {
        f"{act} -> {event}": {
            "property": term,
            "basis": view.links[act, term, event].one("basis"),
            "confidence": view.links[act, term, event].number("confidence"),
        }
        for act, thing in view.acts.items()
        for term in ("reactsTo", "presumablyReactsTo", "anticipates")
        for event in thing.all(term)
    }


def claims(view: GraphView) -> Items:
    """The measurements, by what shows them."""
    return {
        claim.one("evidence") or "": {
            "about": claim.all("about") | claim.all("relativeTo"),
            "quantity": claim.one("quantity"),
            "comparator": claim.one("comparator"),
            "value": claim.one("value"),
            "upper": claim.one("upperValue"),
            "unit": claim.one("unit"),
            "holders": claim.all("holder"),
            "candidates": claim.all("candidateHolder"),
            "mode": claim.one("mode"),
        }
        for claim in view.things("Claim").values()
        if claim.one("quantity") != "outcome"
    }


def outcomes(view: GraphView) -> Items:
    """The outcomes, by event; what several claims say of one event stands together."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for claim in view.things("Claim").values():
        if claim.one("quantity") == "outcome":
            for event in claim.all("about"):
                found[event]["outcome"] |= claim.all("outcome")
                found[event]["status"] |= claim.all("outcomeStatus")
                found[event]["holders"] |= claim.all("holder") | claim.all("candidateHolder")
                found[event]["mode"] |= claim.all("mode")
    return {
        event: {name: frozenset(values) for name, values in said.items()} for event, said in found.items()
    }


def assertions(view: GraphView) -> Items:
    return {
        one.one("span") or "": {
            "about": one.all("about"), "candidates": one.all("candidateHolder"), "mode": one.one("mode"),
        }
        for one in view.things("NarratorAssertion").values()
    }  # fmt: skip


def mentions(view: GraphView) -> Items:
    return {
        f"{one.one('denotes')} at {one.one('span')}": {"confidence": one.number("confidence")}
        for one in view.things("Mention").values()
    }


def events(view: GraphView) -> Items:
    acts = set(view.acts)
    return {event: _event(thing) for event, thing in view.events.items() if event not in acts}


def actors(view: GraphView) -> Items:
    return {
        actor: {
            "type": _class(thing),
            "body type": thing.one("bodyType"),
            "part of": thing.all("subBodyOf") - _above(thing, everyone),
            "members": thing.all("member"),
            "state": thing.one("stateCode"),
            "at event": thing.one("atEvent"),
        }
        for everyone in [{**view.directory("Actor"), **view.things("Actor")}]
        for actor, thing in everyone.items()
    }


def offices(view: GraphView) -> Items:
    return {office: {"body": thing.one("inBody")} for office, thing in view.directory("Office").items()}


def places(view: GraphView) -> Items:
    return {
        place: {"kind": thing.one("placeType"), "state": thing.one("inState")}
        for place, thing in view.directory("Place").items()
    }


def _act(view: GraphView, act: Thing) -> Said:
    return {
        "kind": act.one("kind"),
        "speakers": act.all("madeBy"),
        "offices": {view.offices[tenure] for tenure in act.all("inCapacity")},
        "bodies": act.all("body"),
        "governments": act.all("government"),
        "level": act.one("level"),
        "stance": act.one("stance"),
        "polarity": act.number("polarity"),
        "intensity": act.number("intensity"),
        "toward": act.all("target"),
        "channel": act.one("channel"),
        "addressees": act.all("addressee"),
        "via": act.one("via"),
        "place": act.one("place"),
        "at event": act.one("atEvent"),
        "not before": act.one("notBefore"),
        "not after": act.one("notAfter"),
        "announces": act.all("announces"),
        "relays": act.all("relays"),
        "invokes": act.all("invokes"),
        **_time(act),
    }


def _time(thing: Thing) -> Said:
    return {
        "date": thing.one("localDate"),
        "precision": thing.one("timePrecision"),
        "zone": thing.one("zone"),
        "time basis": thing.one("timeBasis"),
        "time span": thing.one("timeSpan"),
    }


def _event(event: Thing) -> Said:
    return {
        "kind": event.one("kind"),
        "actors": event.all("actor"),
        "participants": event.all("participant"),
        "led by": event.all("ledBy"),
        "targets": event.all("target"),
        "place": event.one("place"),
        "weapon": event.one("weapon"),
        "part of": event.all("partOf"),
        "utc date": event.one("utcDate"),
        "earliest": event.one("earliest"),
        "latest": event.one("latest"),
        "approximate": event.one("timeApproximate") == "true",
        "mentioned": True,
        **_time(event),
    }


def _reports(view: GraphView) -> Items:
    quotations = view.things("Quotation")
    found: Items = {}
    for report in view.things("Report").values():
        (act,) = report.all("reports")
        assert act not in found, f"{act} is reported twice"
        found[act] = {
            "mode": report.one("mode"),
            "span": report.one("span"),
            "source": report.one("sourceSpan"),
            "cues": report.all("cueSpan"),
            "hedge": report.one("hedgeSpan"),
            "channel span": report.one("channelSpan"),
            "characterisation": report.one("characterisation"),
            "relayer span": report.one("relayerSpan"),
            "relayer": report.one("relayer"),
            "quotations": {_quotation(view, quotations[one]) for one in report.all("hasQuotation")},
        }
    return found


def _quotation(view: GraphView, quotation: Thing) -> tuple[str | None, ...]:
    span = quotation.one("span") or ""
    (words,) = (one.one("exact") for one in view.spans.values() if one.reference == span)
    return (
        span,
        words,
        quotation.one("normalizedText"),
        quotation.one("fidelity"),
        " ".join(sorted(quotation.all("editorialInsertion"))),
    )


def _class(thing: Thing) -> str:
    """The narrowest class: the graph also says every class above it."""
    types = thing.values["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]
    narrow = types - {"Actor", "Body", "Event", "Act"}
    return next(iter(sorted(narrow)), "Body")


def _above(thing: Thing, everyone: dict[str, Thing]) -> set[str]:
    """Bodies to which the thing belongs only through another one."""
    direct: Iterable[str] = thing.all("subBodyOf")
    return {above for body in direct if body in everyone for above in everyone[body].all("subBodyOf")}
