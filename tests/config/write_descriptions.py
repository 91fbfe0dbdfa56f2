"""Writes the committed descriptions of the configuration anew: python tests/config/write_descriptions.py."""

from pathlib import Path

from tagboat.config.schema import reference_text, schema_text

DOCS = Path(__file__).parents[2] / "docs"
FILES = {"schema/tagboat.schema.json": schema_text, "reference/configuration.md": reference_text}

if __name__ == "__main__":
    for name, text in FILES.items():
        (DOCS / name).write_text(text())
