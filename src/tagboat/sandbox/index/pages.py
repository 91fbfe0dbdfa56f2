"""Simple pages as data, and their two forms: HTML (PEP 503) and JSON (PEP 691, 700, 714, 792)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any, Final

API_VERSION: Final = "1.4"


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file of a project page. ``core_metadata`` and ``yanked`` are as in JSON: a flag, or digests and a reason."""

    filename: str
    url: str
    hashes: dict[str, str]
    requires_python: str | None
    size: int | None
    upload_time: str | None
    yanked: bool | str
    core_metadata: bool | dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A project's page."""

    name: str
    files: tuple[PageFile, ...]
    versions: tuple[str, ...]
    status: str = "active"
    status_reason: str = ""
    serial: int = 0


def project_json(page: Page) -> bytes:
    """The page for tools that ask for JSON."""
    status = {"status": page.status} | ({"reason": page.status_reason} if page.status_reason else {})
    answer = {
        "meta": {"api-version": API_VERSION, "_last-serial": page.serial},
        "name": page.name,
        "project-status": status,
        "versions": list(page.versions),
        "files": [_file_json(file) for file in page.files],
        "alternate-locations": [],
    }
    return json.dumps(answer).encode()


def project_html(page: Page) -> bytes:
    """The page for everybody else."""
    lines = [
        "<!DOCTYPE html>",
        "<html><head>",
        f'<meta name="pypi:repository-version" content="{API_VERSION}">',
        f'<meta name="pypi:project-status" content="{escape(page.status)}">',
    ]
    if page.status_reason:
        lines.append(f'<meta name="pypi:project-status-reason" content="{escape(page.status_reason)}">')
    title = f"Links for {escape(page.name)}"
    lines.append(f"<title>{title}</title></head><body><h1>{title}</h1>")
    lines += [_anchor(file) for file in page.files]
    lines += ["</body></html>", f"<!--SERIAL {page.serial}-->", ""]
    return "\n".join(lines).encode()


def root_json(names: list[str], serial: int) -> bytes:
    """The list of all projects as JSON."""
    meta = {"api-version": API_VERSION, "_last-serial": serial}
    return json.dumps({"meta": meta, "projects": [{"name": name} for name in names]}).encode()


def root_html(names: list[str]) -> bytes:
    """The list of all projects as HTML."""
    head = f'<!DOCTYPE html>\n<html><head><meta name="pypi:repository-version" content="{API_VERSION}">'
    links = "\n".join(f'<a href="/simple/{escape(name)}/">{escape(name)}</a>' for name in names)
    return f"{head}<title>Simple index</title></head><body>\n{links}\n</body></html>\n".encode()


def _file_json(file: PageFile) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "filename": file.filename,
        "url": file.url,
        "hashes": file.hashes,
        "requires-python": file.requires_python,
        "yanked": file.yanked,
        "core-metadata": file.core_metadata,
        "data-dist-info-metadata": file.core_metadata,
        "provenance": None,
    }
    if file.size is not None:
        entry["size"] = file.size
    if file.upload_time is not None:
        entry["upload-time"] = file.upload_time
    return entry


def _anchor(file: PageFile) -> str:
    fragment = next((f"#{name}={value}" for name, value in file.hashes.items()), "")
    attributes = [f'href="{escape(file.url + fragment)}"']
    if file.requires_python:
        attributes.append(f'data-requires-python="{escape(file.requires_python)}"')
    if file.core_metadata:
        sums = file.core_metadata if isinstance(file.core_metadata, dict) else {}
        value = next((f"{name}={digest}" for name, digest in sums.items()), "true")
        attributes += [f'data-core-metadata="{value}"', f'data-dist-info-metadata="{value}"']
    if file.yanked is not False:
        reason = file.yanked if isinstance(file.yanked, str) else ""
        attributes.append(f'data-yanked="{escape(reason)}"')
    return f"<a {' '.join(attributes)}>{escape(file.filename)}</a><br>"
