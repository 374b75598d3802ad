"""In a joint act each speaker keeps the own body and the own government; nobody gets those of another."""

from demarche.graph import KnowledgeGraph

WHOLE_RECORD = "SELECT DISTINCT ?document { ?document a dm:Document } ORDER BY ?document"


def told(
    graph: KnowledgeGraph, question: str, columns: tuple[str, ...], **asked: str
) -> set[tuple[str, ...]]:
    return {tuple(row[name] or "" for name in columns) for row in graph.ask(question, **asked)}


def test_three_advisers_who_speak_together_are_three_rows(seed_graph: KnowledgeGraph) -> None:
    found = told(seed_graph, "offices", ("speaker", "body", "government"), document="2023-06-15-white-house")
    assert found == {
        ("Akiba Takeo", "National Security Secretariat of Japan", "Government of Japan"),
        ("Cho Tae-yong", "National Security Office of South Korea", "Government of South Korea"),
        ("Jake Sullivan", "The White House", "Government of the United States"),
    }
    assert len(seed_graph.ask("offices", document="2023-06-15-white-house").rows) == len(found)


def test_no_body_stands_beside_a_government_to_which_it_does_not_belong(seed_graph: KnowledgeGraph) -> None:
    of = {
        row["body"]: row["government"]
        for row in seed_graph.store.select("SELECT ?body ?government { ?body dm:ofGovernment ?government }")
    }
    wrong = {
        (document["document"], row["body"], row["government"])
        for document in seed_graph.store.select(WHOLE_RECORD)
        for row in seed_graph.ask("offices", document=document["document"])
        if row["body_id"] in of and row["government_id"] != of[row["body_id"]]
    }
    assert wrong == set()


def test_who_holds_two_offices_speaks_in_each_for_its_own_body(seed_graph: KnowledgeGraph) -> None:
    found = told(seed_graph, "offices", ("speaker", "office", "body"), document="2024-09-19-kcna")
    assert {row[1:] for row in found if row[0] == "Kim Jong Un"} == {
        ("General Secretary of the Workers' Party of Korea", "Workers' Party of Korea"),
        ("President of the State Affairs of North Korea", "Government of North Korea"),
    }


def test_of_officials_who_are_not_named_no_body_is_guessed_and_the_council_has_no_government(
    seed_graph: KnowledgeGraph,
) -> None:
    found = told(seed_graph, "offices", ("speaker", "body", "government"), document="2016-06-23-reuters")
    assert ("American military officials, not named", "", "") in found
    assert ("Alexis Lamek", "United Nations Security Council", "") in found
    assert (
        "Alexis Lamek",
        "Permanent Mission of France to the United Nations",
        "Government of France",
    ) in found


def test_each_of_two_governments_invokes_for_itself(seed_graph: KnowledgeGraph) -> None:
    found = told(seed_graph, "invocations", ("act_id", "speaker", "government"), event="2016-06-22-musudan")
    assert {row[1:] for row in found if row[0].endswith("/kor-usa-condemn")} == {
        ("Government of South Korea",) * 2,
        ("Government of the United States",) * 2,
    }
    assert {row[2] for row in found if row[1] == "Alexis Lamek"} == {"Government of France"}


def test_a_deed_of_several_governments_names_those_who_did_it_for_the_one_asked_about(
    seed_graph: KnowledgeGraph,
) -> None:
    found = told(seed_graph, "deeds", ("act_id", "speaker"), government="KOR")
    doers = {act.rpartition("/")[2]: speaker for act, speaker in found}
    assert doers["advisers-meet"] == "Cho Tae-yong"
    assert doers["allied-exercise"] == "Republic of Korea Armed Forces"
    assert doers["envoys-request-meeting"] == "Government of South Korea"
    assert not {"Jake Sullivan", "Nikki Haley", "United States Armed Forces"} & {row[1] for row in found}
