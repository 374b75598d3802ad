"""The views of the pages, by name, each by an address that shows something."""

VIEWS = {
    "launches": "/",
    "launch": "/launches/2017-07-28-hwasong-14-1",
    "compared": "/launches/2017-07-28-hwasong-14-1?vs=2016-06-22-musudan",
    "matrix": "/matrix?from=2016&until=2017",
    "network": "/network?from=2017&until=2017",
    "neighbourhood": "/network?from=2017&until=2017&node=body/jpn",
    "actor": "/id/body/jpn",
    "place": "/id/place/sohae-satellite-launching-station",
    "event": "/id/event/2016-06-22-musudan",
    "search": "/search?q=sanctions",
    "sparql": "/sparql",
    "questions": "/questions",
    "question": "/questions/who-reacted?event=2016-06-22-musudan",
    "ontology": "/ontology",
    "missing": "/launches/1901-01-01-nothing",
    "refused": "/network?projection=nobody",
}
