"""A project's page as indexes write it, in JSON and HTML, and as nobody should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.adapters.indexes.pypi import PyPI
from tagboat.errors import (
    AnswerLostError,
    UnavailableError,
)
from tagboat.ports.index import IndexFile
from tagboat.testing.distributions import make_wheel, sha256_of
from tagboat.testing.scripted_server import ScriptedServer, answer


def test_a_page_in_json_is_read(server: ScriptedServer, index: PyPI) -> None:
    page = """{"meta": {"api-version": "1.4"}, "name": "demo", "versions": ["1.0"],
      "project-status": {"status": "archived", "reason": "done"},
      "files": [
        {"filename": "Demo-1.0.tar.gz", "url": "../../files/Demo-1.0.tar.gz", "hashes": {"sha256": "AB"},
         "yanked": "broken", "upload-time": "2026-01-01T00:00:00Z", "size": 5},
        {"filename": "demo-1.0.0-py3-none-any.whl", "url": "https://files.invalid/d", "hashes": {}, "yanked": false},
        {"filename": "other-1.0.tar.gz", "url": "x", "hashes": {}},
        {"filename": "../evil-1.0.tar.gz", "url": "x", "hashes": {}},
        {"filename": "demo-legacy.exe", "url": "x", "hashes": {}, "size": null}]}"""
    server.play(answer(page, content_type="application/vnd.pypi.simple.v1+json"))
    project = index.project("Demo")
    assert project is not None
    assert (project.name, project.status) == ("Demo", "archived")
    first, second, other, odd = project.files
    assert first == IndexFile(
        "Demo-1.0.tar.gz", "ab", f"{server.url}/files/Demo-1.0.tar.gz", "1.0", True, "2026-01-01T00:00:00Z", 5
    )
    assert (second.version, second.sha256, second.yanked) == ("1.0.0", "", False)
    assert other.version == odd.version == ""
    (request,) = server.received
    assert request.line == "GET /simple/demo/ HTTP/1.1"
    assert "authorization" not in request.headers
    assert request.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("more", ["", '<a href="/forgot">Forgotten?</a>'])
def test_a_login_page_is_no_project_without_files(server: ScriptedServer, index: PyPI, more: str) -> None:
    page = f"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form>{more}</body></html>"
    server.play(answer(page, content_type="text/html"))
    with pytest.raises(UnavailableError, match="does not say"):
        index.project("demo")


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="pypi:repository-version" content="1.0">',
        "<title>Links for demo</title>",
        "<title>demo</title><h1>\nLinks for demo</h1>",
        "<title>Simple Index</title>",
    ],
)
def test_a_project_without_files_is_known_by_the_head_of_its_page(
    server: ScriptedServer, index: PyPI, head: str
) -> None:
    server.play(answer(f"<!DOCTYPE html><html>{head}</html>", content_type="text/html"))
    found = index.project("demo")
    assert found is not None
    assert found.files == ()


def test_a_login_page_is_no_accepted_upload(server: ScriptedServer, index: PyPI, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(answer("\n<!DOCTYPE html><html>Sign in</html>", content_type="text/html"))
    with pytest.raises(AnswerLostError, match="page for people"):
        index.upload(wheel, sha256_of(wheel))
    for taken in (
        answer("", content_type="text/html"),
        answer("<html>x</html>", status="200 There already", content_type="text/html"),
    ):
        server.play(taken)
        index.upload(wheel, sha256_of(wheel))


def test_a_page_in_html_is_read(server: ScriptedServer, index: PyPI) -> None:
    page = """<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">
      <meta name="pypi:project-status" content="quarantined"></head><body>
      <a href="/files/demo-1.0.tar.gz#sha256=AB&amp;x=1" data-yanked="">demo-1.0.tar.gz</a><br/>
      <a href="https://files.invalid/demo-2%2B.tar.gz?x=1#md5=ab" data-requires-python="&gt;=3">x</a>
      <a>no link</a><a href="/files/">folder</a></body></html>"""
    server.play(answer(page, content_type="text/html; charset=utf-8"))
    project = index.project("demo")
    assert project is not None
    assert project.status == "quarantined"
    first, second = project.files
    assert first == IndexFile(
        "demo-1.0.tar.gz", "ab", f"{server.url}/files/demo-1.0.tar.gz", "1.0", yanked=True
    )
    assert (second.filename, second.sha256, second.yanked) == ("demo-2+.tar.gz", "", False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ('{"files": {}}', "application/json"),
        ('{"meta": {"api-version": "2.0"}, "files": []}', "application/json"),
        ('{"files": [{"filename": 1}]}', "application/json"),
        ("plain", "text/plain"),
        ("", ""),
        ("<![<", "text/html"),
    ],
)
def test_a_page_of_another_shape_is_unavailable(
    server: ScriptedServer, index: PyPI, body: str, kind: str
) -> None:
    server.play(answer(body, content_type=kind))
    with pytest.raises(UnavailableError):
        index.project("demo")


def test_a_file_is_there_whatever_is_written_beside_it(server: ScriptedServer, index: PyPI) -> None:
    page = """{"files": [
        {"filename": "demo-1.0.tar.gz", "url": "http://[x/", "hashes": {}, "upload-time": "yesterday"},
        {"filename": "demo-2.0.tar.gz", "url": "//[", "hashes": {}, "upload-time": "2026-01-01T00:00:00"}]}"""
    server.play(answer(page, content_type="application/json"))
    project = index.project("demo")
    assert project is not None
    assert [(file.version, file.url, file.uploaded) for file in project.files] == [
        ("1.0", "", ""),
        ("2.0", "", "2026-01-01T00:00:00+00:00"),
    ]


def test_links_that_lead_nowhere_hide_no_others(server: ScriptedServer, index: PyPI) -> None:
    page = "<base href='http://[x/'><a href='//[/demo-0.tar.gz'>0</a><a href='/demo-1.0.tar.gz'>1</a>"
    server.play(answer(page, content_type="text/html"))
    project = index.project("demo")
    assert project is not None
    assert [file.url for file in project.files] == [f"{server.url}/demo-1.0.tar.gz"]


@pytest.mark.parametrize("endless", ["<a ", "<!--", "</", "<?", "<script>"])
def test_a_page_that_does_not_end_is_not_read_for_ever(
    server: ScriptedServer, index: PyPI, endless: str
) -> None:
    """Where the time grows with the square of the length, this takes hours."""
    page = "<a href='/demo-1.0.tar.gz'>1</a>" + endless * (2_000_000 // len(endless))
    server.play(answer(page, content_type="text/html"))
    with pytest.raises(UnavailableError, match="cannot be read"):
        index.project("demo")
