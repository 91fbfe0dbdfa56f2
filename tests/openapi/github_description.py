"""GitHub's published OpenAPI description as a judge of answers, for any test that has some.

``npm ci`` in this folder brings the description. Without it a test that asks for the fixture is skipped, except where
``TAGBOAT_CI`` is 1: there it fails, so that nobody stops checking without noticing.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

FOLDER = Path(__file__).parent / "node_modules/@octokit/openapi/generated"
LONG = ("ref", "path", "basehead", "branch", "tag", "tree_sha")
ERRORS = {
    400: "basic-error",
    401: "basic-error",
    403: "basic-error",
    404: "basic-error",
    409: "basic-error",
    410: "basic-error",
    422: "validation-error",
    502: "basic-error",
}


@dataclass(frozen=True)
class Operation:
    """One method on one path template."""

    name: str
    method: str
    template: str
    responses: dict[str, Any]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        def part(match: re.Match[str]) -> str:
            name = match.group(1)
            return ".*" if name == "path" else ".+" if name in LONG else "[^/]+"

        escaped = re.sub(r"\\\{(\w+)\\\}", part, re.escape(self.template))
        return re.compile(escaped + "/?")

    @property
    def rank(self) -> int:
        return sum(len(word) + 10 for word in re.split(r"\{\w+\}", self.template))


class GitHubDescription:
    """Judges whether an answer is one that GitHub's description allows."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self._responses = document["components"]["responses"]
        self._errors = {
            name: {"required": ["message", "documentation_url"], "$ref": f"#/components/schemas/{name}"}
            for name in ERRORS.values()
        }
        self._operations = [
            Operation(operation["operationId"], method.upper(), template, operation["responses"])
            for template, methods in document["paths"].items()
            for method, operation in methods.items()
            if method in ("get", "post", "put", "patch", "delete")
        ]
        self._operations.sort(key=lambda operation: -operation.rank)
        self._validators: dict[int, jsonschema_rs.Validator] = {}

    def operation(self, method: str, path: str) -> Operation:
        """The operation that a method and a path (from ``/repos``, without a query) belong to."""
        method = "GET" if method == "HEAD" else method
        for operation in self._operations:
            if operation.method == method and (
                operation.pattern.fullmatch(path) or operation.pattern.fullmatch(f"{path}/")
            ):
                return operation
        raise AssertionError(f"GitHub has no {method} {path}")

    def check(self, method: str, path: str, status: int, body: bytes, *, accept: str = "") -> str:
        """Fail unless this may be GitHub's answer to a request with this ``Accept``; returns the operation's name."""
        operation = self.operation(method, path)
        problems = self.problems(operation, status, body, accept)
        assert not problems, f"{operation.name} {status}: " + "; ".join(problems)
        return operation.name

    def problems(self, operation: Operation, status: int, body: bytes, accept: str = "") -> list[str]:
        """What is wrong with an answer."""
        schema = self._schema(operation, status, accept)
        if schema is None:
            return [] if not body else [f"a body where none is documented: {body[:80]!r}"]
        validator = self._validators.get(id(schema))
        if validator is None:
            validator = self._validators[id(schema)] = self._validator(schema)
        errors = validator.iter_errors(json.loads(body))
        return [f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}" for error in errors]

    def _schema(self, operation: Operation, status: int, accept: str) -> dict[str, Any] | None:
        response = operation.responses.get(str(status))
        if response is None and status in (302, 304):
            return None
        if response is None or status in ERRORS:
            assert status in ERRORS, f"{operation.name} does not document {status}"
            return self._errors[ERRORS[status]]
        if "$ref" in response:
            response = self._responses[response["$ref"].rsplit("/", 1)[-1]]
        content = response.get("content", {})
        special = (content[media] for media in content if media in accept)
        found = next(special, None) or content.get("application/json") or next(iter(content.values()), None)
        return found["schema"] if found and status not in (204, 302, 304) else None

    def _validator(self, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        root = modern(schema)
        reached: dict[str, Any] = {}
        waiting = [root]
        while waiting:
            for name in names_in(waiting.pop()):
                if name not in reached:
                    reached[name] = modern(self._schemas[name])
                    waiting.append(reached[name])
        return jsonschema_rs.Draft202012Validator({**root, "$defs": reached}, validate_formats=True)


def names_in(schema: object) -> set[str]:
    """The components that a converted schema refers to."""
    if isinstance(schema, dict):
        own = {schema["$ref"].rsplit("/", 1)[-1]} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(names_in(value) for value in schema.values()))
    return set().union(*(names_in(item) for item in schema)) if isinstance(schema, list) else set()


def modern(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of JSON Schema 2020-12: ``nullable`` becomes a type, references move."""
    if isinstance(schema, list):
        return [modern(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: modern(value) for key, value in schema.items() if key not in ("example", "examples", "nullable")
    }
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace("#/components/schemas/", "#/$defs/")
    if schema.get("nullable") is not True:
        return made
    if isinstance(made.get("type"), str):
        kinds = [made["type"], "null"]
        return {**made, "type": kinds} | ({"enum": [*made["enum"], None]} if "enum" in made else {})
    return {"anyOf": [made, {"type": "null"}]}


@pytest.fixture(scope="session")
def github_description() -> GitHubDescription:
    """The description, read once."""
    place = next(FOLDER.glob("api.*.com.json"), None)
    if place is None:
        reason = "GitHub's OpenAPI description is not installed: run npm ci in tests/openapi"
        if os.environ.get("TAGBOAT_CI") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return GitHubDescription(json.loads(place.read_bytes()))
