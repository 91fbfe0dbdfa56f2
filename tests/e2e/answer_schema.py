"""The published JSON Schema of every command's answer, compiled once."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "answer.schema.json").read_text(encoding="utf-8")
)
ANSWER = jsonschema_rs.Draft202012Validator(SCHEMA)
