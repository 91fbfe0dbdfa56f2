"""What only a misbehaving or another kind of index does; the rest is held by the contract against the sandbox."""

from __future__ import annotations

import email.parser
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagboat.adapters.http import HTTP, Credentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    DeniedError,
    RefusedError,
    StepFailedError,
    TagboatError,
    UnavailableError,
)
from tagboat.ports.index import IndexFile
from tagboat.testing.clock import FakeClock
from tagboat.testing.distributions import make_sdist, make_wheel, sha256_of
from tagboat.testing.scripted_server import ScriptedServer, answer, json_answer

SECRET = "pypi-s3cret"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def made(server: ScriptedServer, *, private: bool = False) -> PyPI:
    return PyPI(
        HTTP(FakeClock(), environment={}),
        name="here",
        upload_url=f"{server.url}/legacy/",
        simple_url=f"{server.url}/simple",
        credentials=Credentials.for_index(SECRET),
        private=private,
    )


@pytest.fixture
def index(server: ScriptedServer) -> PyPI:
    return made(server)


def form_of(server: ScriptedServer) -> dict[str, list[bytes]]:
    (request,) = server.received
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    form: dict[str, list[bytes]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        form.setdefault(str(name), []).append(part.get_payload(decode=True))
    return form


def test_the_form_holds_the_metadata_of_the_file(server: ScriptedServer, index: PyPI, tmp_path: Path) -> None:
    more = (
        "Classifier: Topic :: A\nClassifier: Topic :: B\nKeywords: one,two\nProject-URL: Home, https://h.invalid\n"
        "Requires-Dist: a>1\nRequires-Dist: b\nProvides-Extra: x\nRequires-Python: >=3.9\nAuthor: Ä\nPlatform: any\n"
        "License-Expression: MIT\nLicense-File: LICENSE\nDescription-Content-Type: text/markdown\nDynamic: version\n"
        "\n# Demo\n\nLong text.\n"
    )
    wheel = make_wheel(tmp_path, "Demo", "1.0", more=more)
    server.play(answer("a warning\x1b[0m\n"))
    assert index.upload(wheel, sha256_of(wheel)) == "a warning"
    form = {
        name: [value.decode() for value in values]
        for name, values in form_of(server).items()
        if name != "content"
    }
    assert len(form.pop("blake2_256_digest")[0]) == 64
    assert form == {
        ":action": ["file_upload"],
        "protocol_version": ["1"],
        "filetype": ["bdist_wheel"],
        "pyversion": ["py3"],
        "sha256_digest": [sha256_of(wheel)],
        "metadata_version": ["2.4"],
        "name": ["Demo"],
        "version": ["1.0"],
        "summary": ["A tiny package"],
        "classifiers": ["Topic :: A", "Topic :: B"],
        "keywords": ["one,two"],
        "project_urls": ["Home, https://h.invalid"],
        "requires_dist": ["a>1", "b"],
        "provides_extra": ["x"],
        "requires_python": [">=3.9"],
        "author": ["Ä"],
        "platform": ["any"],
        "license_expression": ["MIT"],
        "license_file": ["LICENSE"],
        "description_content_type": ["text/markdown"],
        "dynamic": ["version"],
        "description": ["# Demo\n\nLong text.\n"],
    }
    assert form_of(server)["content"] == [wheel.read_bytes()]
    assert server.received[0].headers["authorization"].startswith("Basic ")


def test_an_sdist_is_sent_as_source(server: ScriptedServer, index: PyPI, tmp_path: Path) -> None:
    sdist = make_sdist(tmp_path, "Demo", "1.0")
    server.play(answer())
    assert index.upload(sdist, sha256_of(sdist)) == ""
    form = form_of(server)
    assert (form["filetype"], form["pyversion"], form["name"]) == ([b"sdist"], [b"source"], [b"Demo"])


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        ("400 File already exists ('demo-1.0', with blake2_256 hash 'x').", "", ConflictError),
        ("400 Bad Request", "File already exists.", ConflictError),
        ("400 This filename has already been used, use a different version.", "", ConflictError),
        ("400 This filename was previously used by a file that has since been deleted.", "", ConflictError),
        ("409 Conflict", "", ConflictError),
        ("400 Bad Request", "Validation failed: File name has already been taken", ConflictError),
        ("403 Forbidden", "Not enough permissions to overwrite artifact", ConflictError),
        ("400 The description failed to render.", "", StepFailedError),
        ("413 Payload Too Large", "", StepFailedError),
        ("308 Permanent Redirect", "", StepFailedError),
        ("401 Unauthorized", "", DeniedError),
        ("403 Invalid or non-existent authentication information.", "", DeniedError),
        ("429 Too Many Requests", "Too many new projects created", UnavailableError),
        ("500 Internal Server Error", "", AnswerLostError),
        ("502 Bad Gateway", "<h1>Backend is unhealthy</h1>", AnswerLostError),
    ],
)
def test_each_refusal_of_an_upload_has_its_meaning(
    server: ScriptedServer, index: PyPI, tmp_path: Path, status: str, body: str, error: type[TagboatError]
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(answer(body, status=status, content_type="text/html"))
    with pytest.raises(error) as caught:
        index.upload(wheel, sha256_of(wheel))
    assert type(caught.value) is error
    assert (
        (status[4:] in caught.value.cause)
        or ("unhealthy" in caught.value.cause)
        or body in caught.value.cause
    )
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("status", "error", "remedy"),
    [
        (
            "400 Non-user identities cannot create new projects. Was the project's name specified incorrectly?",
            DeniedError,
            "pending",
        ),
        (
            "403 Invalid API Token: project-scoped token is not valid for project: 'demo'",
            DeniedError,
            "for this project too",
        ),
        ("403 The given token isn't allowed to upload to project 'demo'.", DeniedError, "ask its owners"),
        ("403 Project demo is in quarantine", DeniedError, "quarantine"),
        ("403 Project demo has been archived", DeniedError, "unarchive"),
        (
            "400 Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing",
            StepFailedError,
            "by this very job",
        ),
    ],
)
def test_puzzling_words_of_an_index_are_passed_on_with_where_to_go(
    server: ScriptedServer, index: PyPI, tmp_path: Path, status: str, error: type[TagboatError], remedy: str
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(answer(status=status))
    with pytest.raises(error) as caught:
        index.upload(wheel, sha256_of(wheel))
    assert type(caught.value) is error
    assert status[4:] in caught.value.cause
    assert remedy in caught.value.remedy


def test_an_echoed_secret_is_not_shown(server: ScriptedServer, index: PyPI, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    server.play(answer(f"bad token {SECRET}", status="403 Forbidden"))
    with pytest.raises(DeniedError) as caught:
        index.upload(wheel, sha256_of(wheel))
    assert SECRET not in caught.value.cause


def test_a_broken_file_is_not_sent(server: ScriptedServer, index: PyPI, tmp_path: Path) -> None:
    server.play(answer())
    for name in (
        "demo-1.0-py3-none-any.whl",
        "demo-1.0.tar.gz",
        "demo-1.0.zip",
        "demo.exe",
        'a".whl',
        "a\n.whl",
    ):
        path = tmp_path / name
        path.write_bytes(b"not an archive")
        with pytest.raises(StepFailedError):
            index.upload(path, sha256_of(path))
    wheel = make_wheel(tmp_path, "demo", "2.0", more="Nonsense-Field: x\n")
    with pytest.raises(StepFailedError, match="nonsense-field"):
        index.upload(wheel, sha256_of(wheel))
    assert server.received == []


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


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("url", ["http://[x/", "http://localhost:99999999/", "", "file:///etc/passwd"])
def test_a_file_that_is_listed_nowhere_cannot_be_fetched(
    server: ScriptedServer, tmp_path: Path, url: str, private: bool
) -> None:
    with pytest.raises(UnavailableError, match="nothing can be fetched"):
        made(server, private=private).download(IndexFile("demo-1.0.tar.gz", "", url, "1.0"), tmp_path / "x")


def test_only_not_found_means_that_there_is_no_project(server: ScriptedServer, index: PyPI) -> None:
    server.play(answer("404", status="404 Not Found"))
    assert index.project("demo") is None
    for status, error in (
        ("403 Forbidden", DeniedError),
        ("401 X", DeniedError),
        ("418 X", StepFailedError),
        ("300 X", UnavailableError),
    ):
        server.play(answer(status=status))
        with pytest.raises(error):
            index.project("demo")


def test_a_private_index_sees_the_credential_and_its_files_elsewhere_do_not(
    server: ScriptedServer, tmp_path: Path
) -> None:
    index = made(server, private=True)
    with ScriptedServer([answer("bytes")]) as elsewhere:
        server.play(json_answer('{"files": []}'), answer("bytes"))
        index.project("demo")
        for url in (f"{server.url}/f", f"{elsewhere.url}/f"):
            index.download(IndexFile("f.whl", "", url, ""), tmp_path / "f.whl")
        assert all("authorization" in request.headers for request in server.received)
        assert len(server.received) == 2
        assert "authorization" not in elsewhere.received[0].headers


def test_a_download_that_is_gone_or_too_large_is_an_error(
    server: ScriptedServer, index: PyPI, tmp_path: Path
) -> None:
    file = IndexFile("f.whl", "", f"{server.url}/f", "", size=3)
    server.play(answer(status="404 Not Found"))
    with pytest.raises(StepFailedError):
        index.download(file, tmp_path / "f.whl")
    server.play(answer("more than three"))
    with pytest.raises(UnavailableError):
        index.download(file, tmp_path / "f.whl")
    assert list(tmp_path.iterdir()) == []


def test_an_index_over_plain_http_is_for_this_machine() -> None:
    with pytest.raises(RefusedError):
        PyPI(
            HTTP(FakeClock(), environment={}),
            name="x",
            upload_url="http://x.invalid/",
            simple_url="https://x.invalid/",
        )
