"""What only a misbehaving or another kind of index does; the rest is held by the contract against the sandbox."""

from __future__ import annotations

import email.parser
import email.policy
from pathlib import Path

import pytest
from scripted_index import SECRET, made

from tagboat.adapters.http import HTTP
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
