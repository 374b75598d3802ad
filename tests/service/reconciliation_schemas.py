"""What the Reconciliation Service API 0.2 says of each answer, as JSON Schemas made from its text, stricter than it."""

from typing import Any

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^https?://"}
TEMPLATE = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], **rules: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **rules}


TYPE = _object({"id": TEXT, "name": TEXT})
TYPE_WITH_BROADER = _object({"id": TEXT, "name": TEXT}, broader=_list({"$ref": "#/$defs/type"}))
PROPERTY = _object({"id": TEXT, "name": TEXT}, description={"type": "string"})
SERVICE = _object({"service_url": URL, "service_path": {"type": "string", "pattern": "^/"}})
SETTING = _object(
    {"type": {"enum": ["text"]}, "label": TEXT, "name": TEXT},
    default={"type": "string"},
    help_text={"type": "string"},
)

MANIFEST = _object(
    {
        "versions": _list({"type": "string"}, contains={"const": "0.2"}),
        "name": TEXT,
        "identifierSpace": URL,
        "schemaSpace": URL,
    },
    documentation=URL,
    logo=URL,
    batchSize={"type": "integer", "minimum": 1},
    defaultTypes=_list(TYPE_WITH_BROADER, uniqueItems=True),
    view=_object({"url": TEMPLATE}),
    preview=_object({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
    suggest=_object({}, entity=SERVICE, type=SERVICE, property=SERVICE),
    extend=_object({}, propose_properties=SERVICE, property_settings=_list(SETTING)),
) | {"$defs": {"type": TYPE_WITH_BROADER}}

CANDIDATE = _object(
    {
        "id": TEXT,
        "name": TEXT,
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
        "type": _list(TYPE),
    },
    description={"type": "string"},
    features=_list(_object({"id": TEXT, "value": {"type": ["number", "boolean"]}})),
)
RESULT = _object({"result": _list(CANDIDATE)})
RESULTS = {"type": "object", "additionalProperties": RESULT}

SUGGESTED_ENTITIES = _object(
    {
        "result": _list(
            _object({"id": TEXT, "name": TEXT}, description={"type": "string"}, notable=_list(TYPE))
        )
    }
)
SUGGESTED_TYPES = _object({"result": _list({"$ref": "#/$defs/type"})}) | {
    "$defs": {"type": TYPE_WITH_BROADER}
}
SUGGESTED_PROPERTIES = _object({"result": _list(PROPERTY)})
PROPOSED = _object({"properties": _list(PROPERTY)}, type=TEXT, limit={"type": "integer"})

VALUE = {
    "oneOf": [
        _object({"id": TEXT, "name": TEXT}, description={"type": "string"}),
        _object({"str": {"type": "string"}}),
    ]
}
EXTENDED = _object(
    {
        "meta": _list(_object({"id": TEXT, "name": TEXT}, type=TYPE)),
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _list(VALUE)},
        },
    }
)
