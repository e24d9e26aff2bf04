"""The description of the API (OpenAPI 3.1), made from the table of operations and the models they answer with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pia_engine.api.problems import MEDIA_TYPE, Problem

_REFERENCES = "#/components/schemas/{model}"
_KEY = "key"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. `parameters` are parts of the path, `problems` what can go wrong, by status."""

    name: str
    path: str
    summary: str
    description: str
    answer: type[BaseModel]
    parameters: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)


def describe(operations: Iterable[Operation], *, title: str, version: str, address: str) -> dict[str, Any]:
    """The whole description as plain JSON."""
    listed = list(operations)
    models = [(each.answer, "serialization") for each in listed] + [(Problem, "serialization")]
    _found, schemas = models_json_schema(models, ref_template=_REFERENCES)  # type: ignore[arg-type]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": "For other systems of the city. Errors are problem details (RFC 9457).",
        },
        "servers": [{"url": address}],
        "security": [{_KEY: []}],
        "paths": {each.path: {"get": _operation(each)} for each in listed},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                _KEY: {"type": "http", "scheme": "bearer", "description": "A key made by an administrator of the city."}
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in operation.parameters.items()
        ],
        "responses": {
            "200": _response(operation.answer.__doc__ or "", "application/json", operation.answer),
            **{str(status): _response(text, MEDIA_TYPE, Problem) for status, text in operation.problems.items()},
        },
    }


def _response(description: str, media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": _REFERENCES.format(model=model.__name__)}
    return {"description": description, "content": {media_type: {"schema": schema}}}
