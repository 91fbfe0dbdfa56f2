from __future__ import annotations

import base64
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


def test_a_new_file_is_taken_journalled_and_listed(pypi: Any, kit: Any, sandbox: Any) -> None:
    file = kit.wheel()
    answer = pypi.upload(file)
    assert (answer.status, answer.body) == (200, b"")
    (entry,) = sandbox.frame.journal.entries()
    assert (entry.service, entry.operation, entry.key, entry.result) == (
        "pypi",
        "upload",
        file.filename,
        "created",
    )
    assert entry.sha256 == file.form["sha256_digest"]
    assert pypi.filenames("rowboat") == [file.filename]


def test_the_same_bytes_again_are_fine_and_stand_in_the_journal(pypi: Any, kit: Any, sandbox: Any) -> None:
    for _ in range(2):
        assert pypi.upload(kit.wheel()).status == 200
    assert [entry.result for entry in sandbox.frame.journal.entries()] == ["created", "identical"]


def test_the_two_instances_know_nothing_of_each_other(pypi: Any, testpypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    assert testpypi.filenames("rowboat") == []
    assert testpypi.upload(kit.wheel(payload=b"other\n")).status == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer {token}", "Token {token}", "token {token}"],
)
def test_a_token_may_come_by_several_schemes(pypi: Any, kit: Any, header: str) -> None:
    headers = {"authorization": header.format(token=pypi.token)}
    assert pypi.upload(kit.wheel(), headers=headers).status == 200


Make = Callable[[Any], Any]

# Each row is one check in PyPI's order; a file that breaks this check and a later one is told of this one.
REFUSALS: list[tuple[str, Make, dict[str, Any], int, str]] = [
    (
        "no credential",
        lambda kit: kit.wheel(),
        {"headers": {"authorization": ""}},
        403,
        "Invalid or non-existent",
    ),
    ("wrong credential", lambda kit: kit.wheel(), {"token": "pypi-wrong"}, 403, "Invalid or non-existent"),
    (
        "password",
        lambda kit: kit.wheel(),
        {"headers": {"authorization": "Basic " + base64.b64encode(b"me:secret").decode()}},
        403,
        "Username/Password authentication is no longer supported",
    ),
    ("protocol", lambda kit: kit.wheel(protocol_version="2", name="?"), {}, 400, "Unknown protocol version."),
    ("name", lambda kit: kit.wheel(name="row boat!", filetype="x"), {}, 400, "invalid value for Name"),
    ("version", lambda kit: kit.wheel(version="one"), {}, 400, "invalid value for Version"),
    ("local version", lambda kit: kit.wheel(version="1.0+local"), {}, 400, "Use a public version"),
    ("python", lambda kit: kit.wheel(requires_python="three"), {}, 400, "invalid value for Requires-Python"),
    (
        "private",
        lambda kit: kit.wheel(classifiers=["Private :: No"]),
        {},
        400,
        "invalid value for Classifier",
    ),
    (
        "url",
        lambda kit: kit.wheel(requires_dist=["a @ https://example.invalid/a.zip"]),
        {},
        400,
        "direct dependency",
    ),
    ("metadata version", lambda kit: kit.wheel(metadata_version="9.9"), {}, 400, "for Metadata-Version"),
    ("kind", lambda kit: kit.wheel(filetype="bdist_egg"), {"with_file": False}, 400, "known file type"),
    ("pyversion", lambda kit: kit.wheel(pyversion=""), {}, 400, "Python version is required"),
    ("sdist pyversion", lambda kit: kit.sdist(pyversion="3"), {}, 400, "Use 'source' as Python version"),
    (
        "no digest",
        lambda kit: kit.wheel(sha256_digest=""),
        {"with_file": False},
        400,
        "at least one message digest",
    ),
    ("bad digest", lambda kit: kit.wheel(sha256_digest="xyz"), {}, 400, "valid, hex-encoded, SHA256"),
    ("no file", lambda kit: kit.wheel(), {"with_file": False}, 400, "Upload payload does not have a file."),
    ("standard library", lambda kit: kit.wheel("tomllib"), {}, 400, "isn't allowed"),
    ("description", lambda kit: kit.wheel(description=".. nosuch::\n"), {}, 400, "failed to render"),
    (
        "named description",
        lambda kit: kit.wheel(description=".. nosuch::\n", description_content_type="text/x-rst"),
        {},
        400,
        "failed to render for 'text/x-rst'",
    ),
    (
        "path",
        lambda kit: kit.file("a/b-1.whl", b"", kit.form_for("b", "1", "bdist_wheel", b"")),
        {},
        400,
        "'/' or '\\\\' in the name",
    ),
    (
        "extension",
        lambda kit: kit.file("rowboat-1.0.tar.bz2", b"", kit.form_for("rowboat", "1.0", "sdist", b"")),
        {},
        400,
        "Invalid file extension",
    ),
    (
        "content type",
        lambda kit: kit.wheel(),
        {"content_type": "image/png"},
        400,
        "Invalid distribution file.",
    ),
    ("digest", lambda kit: kit.wheel(sha256_digest="0" * 64), {}, 400, "does not match a digest"),
    ("md5", lambda kit: kit.wheel(md5_digest="0" * 32), {}, 400, "does not match a digest"),
    ("blake2", lambda kit: kit.wheel(blake2_256_digest="0" * 64), {}, 400, "does not match a digest"),
    (
        "platform",
        lambda kit: kit.wheel(platform="linux_x86_64"),
        {},
        400,
        "unsupported platform tag 'linux_x86_64'",
    ),
    (
        "attestations",
        lambda kit: kit.wheel(attestations="[{}]"),
        {},
        400,
        "Attestations are only supported when using Trusted Publishing",
    ),
    ("gone action", lambda kit: kit.wheel(**{":action": "submit"}), {}, 410, "no longer required"),
    ("gone docs", lambda kit: kit.wheel(**{":action": "doc_upload"}), {}, 410, "no longer supported"),
    ("other action", lambda kit: kit.wheel(**{":action": "fly"}), {}, 404, "Not Found"),
]


@pytest.mark.parametrize(
    ("make", "options", "status", "message"), [row[1:] for row in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_refusal_has_its_message_in_reason_and_body_and_leaves_nothing(
    pypi: Any, kit: Any, sandbox: Any, make: Make, options: dict[str, Any], status: int, message: str
) -> None:
    file = make(kit)
    answer = pypi.upload(file, **options)
    assert answer.status == status
    assert message.replace("\\\\", "\\") in answer.reason
    assert message.replace("\\\\", "\\") in answer.body.decode()
    assert sandbox.frame.journal.entries() == []
    assert pypi.get("/simple/").json()["projects"] == []
    assert not list((sandbox.directory / "blobs" / "sha256").iterdir())


def test_an_address_without_its_slash_is_sent_on(pypi: Any, kit: Any) -> None:
    answer = pypi.upload(kit.wheel(), path="/legacy")
    assert (answer.status, answer.headers["Location"]) == (308, "/legacy/")


def test_other_bytes_under_a_taken_name_are_refused(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    answer = pypi.upload(kit.wheel(payload=b"other\n"))
    assert answer.status == 400
    assert answer.reason.startswith(
        "File already exists ('rowboat-1.0-py3-none-any.whl', with blake2_256 hash"
    )


def test_taken_bytes_under_another_name_are_refused(pypi: Any, kit: Any) -> None:
    file = kit.wheel()
    pypi.upload(file)
    other = kit.file("rowboat-1.0-py2.py3-none-any.whl", file.content, file.form)
    assert pypi.upload(other).reason.startswith(
        f"File already exists ({other.filename!r}, with blake2_256 hash"
    )


def test_the_name_of_a_deleted_file_is_gone_for_ever(pypi: Any, kit: Any) -> None:
    file = kit.wheel()
    pypi.upload(file)
    assert pypi.control("delete", {"filename": file.filename}).status == 200
    assert pypi.filenames("rowboat") == []
    assert "was previously used" in pypi.upload(file).reason
    assert "was previously used" in pypi.upload(kit.wheel(payload=b"new\n")).reason


def test_a_release_closes_after_fourteen_days_but_repeats_stay_safe(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    aged = {"project": "rowboat", "version": "1.0", "days": 14.1}
    assert pypi.control("age", aged).status == 200
    assert "older than 14 days" in pypi.upload(kit.sdist()).reason
    assert pypi.upload(kit.wheel()).status == 200


def test_a_release_takes_one_sdist(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.sdist())
    name = "rowboat-1.0"
    content = kit.zipped({f"{name}/PKG-INFO": kit.metadata_text("rowboat", "1.0")})
    second = kit.file(f"{name}.zip", content, kit.form_for("rowboat", "1.0", "sdist", content))
    assert "Only one sdist" in pypi.upload(second).reason


def test_the_first_file_fixes_the_metadata_of_its_release(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel(summary="first"))
    pypi.upload(kit.sdist(summary="second"))
    assert pypi.get("/pypi/rowboat/1.0/json").json()["info"]["summary"] == "first"


def test_a_name_that_looks_like_another_is_refused(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel("rowboat"))
    assert "too similar" in pypi.upload(kit.wheel("r0wb0at")).reason


def test_a_token_for_one_project_takes_no_other(pypi: Any, kit: Any) -> None:
    token = pypi.control("token", {"projects": ["Row_Boat"]}).json()["token"]
    assert pypi.upload(kit.wheel("row-boat"), token=token).status == 200
    answer = pypi.upload(kit.wheel("canoe"), token=token)
    assert answer.status == 403
    assert "Invalid API Token: project-scoped token is not valid for project: 'canoe'" in answer.reason


def test_somebody_elses_project_is_refused(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel("canoe"), token=pypi.control("token", {"owner": "ann"}).json()["token"])
    answer = pypi.upload(kit.sdist("canoe"), token=pypi.control("token", {"owner": "bob"}).json()["token"])
    assert answer.status == 403
    assert "isn't allowed to upload to project 'canoe'." in answer.reason


def test_an_expired_token_is_refused(pypi: Any, kit: Any) -> None:
    token = pypi.control("token", {"expires": 1}).json()["token"]
    assert "token is expired" in pypi.upload(kit.wheel(), token=token).reason


@pytest.mark.parametrize(
    ("settings", "status", "message"),
    [
        ({"uploads": "read-only"}, 403, "Read-only mode"),
        ({"uploads": "disabled"}, 403, "Uploads are temporarily disabled"),
        ({"file-limit": 10}, 400, "File too large"),
        ({"project-limit": 10}, 400, "Project size too large"),
        ({"new-projects-limit": 0}, 429, "Too many new projects created"),
    ],
)
def test_limits_can_be_set(pypi: Any, kit: Any, settings: dict[str, Any], status: int, message: str) -> None:
    assert pypi.control("settings", settings).status == 200
    answer = pypi.upload(kit.wheel())
    assert (answer.status, message in answer.reason) == (status, True)


@pytest.mark.parametrize(("status", "answer"), [("archived", 403), ("quarantined", 200), ("deprecated", 200)])
def test_a_project_that_is_archived_takes_nothing(pypi: Any, kit: Any, status: str, answer: int) -> None:
    pypi.upload(kit.wheel())
    pypi.control("project-status", {"project": "rowboat", "status": status})
    assert pypi.upload(kit.sdist()).status == answer


def test_control_needs_the_sandboxs_own_token(pypi: Any, kit: Any) -> None:
    token = pypi.control("token", {}).json()["token"]
    assert pypi.control("settings", {"uploads": "open"}, token=token).status == 403
    assert pypi.control("settings", {"no such": 1}).status == 400
    assert pypi.control("age", {}).status == 400
    assert pypi.control("yank", {"project": "nowhere", "version": "1"}).status == 404


def test_a_body_that_is_no_form_is_refused(pypi: Any) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Authorization": f"Bearer {pypi.token}"}
    assert pypi.request("POST", "/legacy/", body=b"nothing of the kind", headers=headers).status == 400
    headers["Content-Type"] = "text/plain"
    assert pypi.request("POST", "/legacy/", body=b"x", headers=headers).status == 404
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    assert pypi.request("POST", "/legacy/", body=b"%3Aaction=submit", headers=headers).status == 410


def test_of_two_sdists_at_once_one_is_taken(pypi: Any, kit: Any, sandbox: Any) -> None:
    for number in range(4):
        top, padding = f"rowboat-{number}", os.urandom(2_000_000)
        files = {f"{top}/PKG-INFO": kit.metadata_text("rowboat", str(number)), f"{top}/padding": padding}
        pair = [
            kit.file(f"{top}{suffix}", content, kit.form_for("rowboat", str(number), "sdist", content))
            for suffix, content in ((".tar.gz", kit.tarred(files)), (".zip", kit.zipped(files)))
        ]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(pypi.upload, pair))
        assert sorted(answer.status for answer in answers) == [200, 400]
    assert [entry.result for entry in sandbox.frame.journal.entries()] == ["created"] * 4
