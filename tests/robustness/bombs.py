"""Queries that were made to stop, fill or hold a SPARQL server: one for each family, as it was sent to others."""

from collections.abc import Mapping

NOWHERE = "http://127.0.0.1:9/"
"""What a query would have called; a test has a canary listen instead."""
ALL = "?a ?b ?c . "
PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
LONG = "?x1 ?y1 ?z1 . ?x2 ?y2 ?z2 . ?x3 ?y3 ?z3 . ?x4 ?y4 ?z4 "
ANY = "(!<urn:x>|^!<urn:x>)"
COUNT = "SELECT (COUNT(*) AS ?n) "
DIGITS = "VALUES ?{} {{ 0 1 2 3 4 5 6 7 8 9 }} "


def _digits(number: int) -> str:
    return "".join(DIGITS.format(f"v{one}") for one in range(number))


def _doubled(times: int) -> str:
    """A text that doubles with each step."""
    steps = (f"BIND(CONCAT(?t{one}, ?t{one}) AS ?t{one + 1}) " for one in range(times))
    return f'BIND("0123456789" AS ?t0) {"".join(steps)}'


NESTED: Mapping[str, str] = {
    "groups": "ASK { " + "{" * 10_000 + "}" * 10_000 + " }",
    "brackets": "ASK { FILTER" + "(" * 20_000 + "1" + ")" * 20_000 + " }",
    "blank nodes": "ASK { ?s ?p " + "[ <urn:b> " * 5_000 + "1" + " ]" * 5_000 + " }",
    "lists": "ASK { ?s ?p " + "(" * 15_000 + "1" + ")" * 15_000 + " }",
    "optionals in optionals": "ASK { " + "OPTIONAL { ?a ?b ?c " * 2_000 + "}" * 2_000 + " }",
    "subqueries": "SELECT * { " + "{ SELECT * { " * 3_000 + "?a ?b ?c" + " } }" * 3_000 + " }",
    "exists in exists": "ASK { " + "FILTER EXISTS { ?a ?b ?c " * 2_000 + "}" * 2_000 + " }",
    "graphs in graphs": "ASK { " + "GRAPH ?g { " * 4_000 + "?a ?b ?c" + " }" * 4_000 + " }",
    "unclosed": "ASK { " + "{" * 30_000,
    "calls in calls": "ASK { FILTER(" + "STR(" * 10_000 + "1" + ")" * 10_000 + ") }",
    "paths in paths": "ASK { ?s " + "(" * 20_000 + "<urn:b>" + ")*" * 20_000 + " ?o }",
    "quoted triples": "ASK { " + "<<" * 5_000 + " ?a ?b ?c " + ">>" * 5_000 + " ?p ?o }",
}
CHAINED: Mapping[str, str] = {
    "joins": "ASK { " + "?a <urn:b> ?c . " * 3_000 + "}",
    "optionals": "ASK { " + "OPTIONAL { ?a <urn:b> ?c } " * 1_500 + "}",
    "unions": "ASK { " + " UNION ".join(["{ ?a ?b ?c }"] * 2_500) + " }",
    "minuses": "ASK { ?a ?b ?c " + "MINUS { ?a ?b 1 } " * 2_000 + "}",
    "filters": "ASK { ?a ?b ?c " + "FILTER(?a != 1) " * 3_000 + "}",
    "binds": "ASK { " + " ".join(f"BIND({one} AS ?v{one})" for one in range(2_000)) + " }",
    "path steps": "ASK { ?s <urn:b>" + "/<urn:b>" * 3_000 + " ?o }",
    "path choices": "ASK { ?s <urn:b>" + "|<urn:b>" * 3_000 + " ?o }",
    "not": "ASK { FILTER(" + "!" * 60_000 + "true) }",
    "or": "ASK { FILTER(false" + "||false" * 5_000 + ") }",
    "sums": "ASK { FILTER(1" + "+1" * 20_000 + " > 0) }",
    "minus signs": "ASK { FILTER(" + "- " * 25_000 + "1 < 0) }",
    "predicates": "ASK { ?s " + " ; ".join(["<urn:b> ?o"] * 3_000) + " }",
    "objects": "ASK { ?s ?p " + ", ".join(["?o"] * 10_000) + " }",
    "values joined": "ASK { " + "VALUES ?a { 1 2 } " * 2_000 + "}",
}
TOO_LONG: Mapping[str, str] = {
    "values flood": COUNT + "{ VALUES ?a { " + "1 " * 50_000 + "} }",
    "long address": "ASK { <urn:" + "a" * 100_000 + "> ?p ?o }",
    "long text": 'ASK { ?s ?p "' + "a" * 100_000 + '" }',
    "long name": "ASK { ?" + "a" * 100_000 + " ?p ?o }",
    "comments": "ASK {" + "#\n" * 40_000 + "}",
    "blanks": "ASK {" + " " * 100_000 + "}",
    "escapes": "ASK { ?s ?p '" + "\\u0041" * 20_000 + "' }",
    "prefixes": " ".join(f"PREFIX p{one}: <urn:{one}>" for one in range(4_000)) + " ASK {}",
}
MALFORMED: Mapping[str, str] = {
    "escaped service": f"SELECT * {{ \\u0053ERVICE <{NOWHERE}> {{ ?s ?p ?o }} }}",
    "lone surrogate": "ASK { ?s ?p '\\uD800' }",
    "beyond Unicode": "ASK { ?s ?p '\\UFFFFFFFF' }",
    "null": "ASK { ?s ?p '\x00' } \x00 }",
    "broken address": "ASK { <http://[::1> ?p <\x7f> } }",
    "nothing": "",
}
ENDLESS: Mapping[str, str] = {
    "count of a product": COUNT + "{ " + PRODUCT + "}",
    "count of a wide product": COUNT + "{ " + LONG + "}",
    "product as answer": "SELECT * { " + PRODUCT + "}",
    "product with an offset": "SELECT * { " + PRODUCT + "} OFFSET 1000000000000 LIMIT 1",
    "sorted product": "SELECT ?a { " + PRODUCT + "} ORDER BY DESC(STRLEN(CONCAT(STR(?c), STR(?f))))",
    "distinct product": "SELECT DISTINCT ?a ?d ?g { " + PRODUCT + "}",
    "distinct texts": "SELECT (COUNT(DISTINCT CONCAT(STR(?c), STR(?f))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "groups of a product": "SELECT ?a ?d (COUNT(*) AS ?n) { " + PRODUCT + "} GROUP BY ?a ?d HAVING (?n > 9)",
    "joined texts": 'SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f)); SEPARATOR="--") AS ?t) { ?a ?b ?c . ?d ?e ?f }',
    "any path": COUNT + "{ ?a " + ANY + "+ ?b . ?c " + ANY + "+ ?d }",
    "path of paths": COUNT + "{ ?a ((" + ANY + "*)+)* ?b . ?b ((" + ANY + "+)*)+ ?c }",
    "path to itself": COUNT + "{ ?a " + ANY + "+ ?a . ?b " + ANY + "* ?b . ?c ?d ?e }",
    "doubled text": "SELECT (STRLEN(?t28) AS ?n) { " + _doubled(28) + "}",
    "text that grows": "SELECT ?t40 { " + _doubled(40) + "}",
    "replaced text": 'SELECT (REPLACE(?t14, "[0-9]", "aaaaaaaaaaaaaaaaaaaa") AS ?r) '
    '(REPLACE(?r, "a", "bbbbbbbbbbbbbbbbbbbb") AS ?q) (REPLACE(?q, "b", "cccccccccccccccc") AS ?o) {'
    + _doubled(14) + "}",
    "slow pattern": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(.*a){12}$")) }',
    "large pattern": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), "((a{0,99}){0,99}){0,99}$")) }',
    "patterns from data": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), STR(?f))) }",
    "hashed product": COUNT + "{ " + PRODUCT + 'FILTER(SHA512(CONCAT(STR(?c), STR(?f), STR(?i))) = "0") }',
    "negated product": COUNT + "{ " + ALL + "FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(?f = ?i && ?c = 0) } }",
    "product taken away": COUNT + "{ " + PRODUCT + "MINUS { ?a ?x ?y . ?d ?x2 ?y2 } }",
    "optional product": COUNT + "{ " + ALL + "OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }",
    "united product": COUNT + "{ { " + PRODUCT + "} UNION { " + PRODUCT + "} }",
    "constructed product": "CONSTRUCT { ?a ?e ?i . ?d ?h ?c . ?g ?b ?f } WHERE { " + PRODUCT + "}",
    "constructed nodes": "CONSTRUCT { [] ?b [ ?e [ ?h ?c ] ] } WHERE { " + PRODUCT + "}",
    "described product": "DESCRIBE ?a ?d ?g WHERE { " + PRODUCT + "}",
    "values product": COUNT + "{ " + _digits(12) + "}",
    "values in an order": "SELECT * { " + _digits(9) + "} ORDER BY ?v8 ?v7 DESC(?v0)",
    "product in a subquery": COUNT + "{ { SELECT ?a { " + PRODUCT + "} } { SELECT ?x { ?x ?y ?z . ?u ?v ?w } } }",
    "product over graphs": COUNT + "{ GRAPH ?g1 { ?a ?b ?c } GRAPH ?g2 { ?d ?e ?f } GRAPH ?g3 { ?g ?h ?i } }",
    "unequal": COUNT + "{ " + PRODUCT + "FILTER(?a != ?d && ?d != ?g && ?a != ?g) }",
    "sums of a product": "SELECT (SUM(STRLEN(STR(?c)) * STRLEN(STR(?f)) / STRLEN(STR(?i))) AS ?n) { " + PRODUCT + "}",
    "ask for what is not": 'ASK { ' + PRODUCT + 'FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = "never") }',
    "new names": "SELECT (STRUUID() AS ?u) (UUID() AS ?v) (BNODE() AS ?w) { " + PRODUCT + "}",
}  # fmt: skip

READ_AGAIN: Mapping[str, str] = {
    "prefix of hyphens": "ASK{" + "a-" * 32_000 + "}",
    "prefix of full stops": "ASK{" + "a." * 32_000 + "}",
    "prefix of lines": "ASK{" + "_." * 32_000 + "}",
    "text without end": "ASK{'" + "\\'" * 32_000 + "}",
}
"""What a pattern with a way back reads once more for each of its characters."""

REFUSED: Mapping[str, str] = {**NESTED, **CHAINED, **TOO_LONG, **MALFORMED, **READ_AGAIN}
FAMILIES = len(REFUSED) + len(ENDLESS)
