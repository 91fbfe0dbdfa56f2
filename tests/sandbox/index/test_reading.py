from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest

from tagboat.sandbox.index import negotiation

JSON, HTML, PLAIN = negotiation.JSON, negotiation.HTML, negotiation.PLAIN_HTML


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", PLAIN),
        ("*/*", PLAIN),
        ("text/html", PLAIN),
        (JSON, JSON),
        (HTML, HTML),
        ("application/vnd.pypi.simple.latest+json", JSON),
        (f"{JSON}, {HTML}; q=0.1, text/html; q=0.01", JSON),
        (f"{JSON};q=0.1, {HTML};q=0.2, text/html;q=0.01", HTML),
        (f"{JSON};q=0, text/html;q=0.5", PLAIN),
        ("text/*;q=0.3, application/*;q=0.2", PLAIN),
        (f"{JSON};q=nonsense, */*;q=0.1", PLAIN),
        ("application/json", None),
        (f"{JSON};q=0", None),
    ],
)
def test_the_accept_header_decides(accept: str, expected: str | None) -> None:
    assert negotiation.chosen(accept) == expected


def test_what_cannot_be_accepted_is_406(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    assert pypi.get("/simple/rowboat/", accept="application/json").status == 406
    assert pypi.get("/simple/", accept="image/png").status == 406


def test_json_pages_hold_everything_an_installer_wants(pypi: Any, kit: Any) -> None:
    file = kit.wheel(requires_python=">=3.8")
    pypi.upload(file)
    answer = pypi.get("/simple/rowboat/")
    assert answer.headers["Content-Type"] == JSON
    assert answer.headers["Vary"] == "Accept"
    page = answer.json()
    assert page["meta"] == {"api-version": "1.4", "_last-serial": 1}
    assert (page["name"], page["versions"]) == ("rowboat", ["1.0"])
    assert page["project-status"] == {"status": "active"}
    (entry,) = page["files"]
    assert entry["filename"] == file.filename
    assert entry["hashes"] == {"sha256": file.form["sha256_digest"]}
    assert (entry["size"], entry["requires-python"]) == (len(file.content), ">=3.8")
    assert (entry["yanked"], entry["provenance"]) == (False, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", entry["upload-time"])
    metadata = pypi.get(entry["url"].removeprefix(pypi.root) + ".metadata").body
    assert metadata.startswith(b"Metadata-Version: 2.4\nName: rowboat\n")
    assert entry["core-metadata"] == {"sha256": hashlib.sha256(metadata).hexdigest()}
    assert pypi.get(entry["url"].removeprefix(pypi.root)).body == file.content


def test_html_pages_say_the_same(pypi: Any, kit: Any) -> None:
    file = kit.wheel(requires_python=">=3.8")
    pypi.upload(file)
    pypi.control("yank", {"project": "rowboat", "version": "1.0", "reason": 'leaks "water"'})
    page = pypi.get("/simple/rowboat/", accept="text/html").body.decode()
    assert '<meta name="pypi:repository-version" content="1.4">' in page
    assert f'{file.filename}#sha256={file.form["sha256_digest"]}"' in page
    assert 'data-requires-python="&gt;=3.8"' in page
    assert re.search(r'data-core-metadata="sha256=[0-9a-f]{64}"', page)
    assert 'data-yanked="leaks &quot;water&quot;"' in page
    assert '<a href="/simple/rowboat/">rowboat</a>' in pypi.get("/simple/", accept="text/html").body.decode()


def test_sdists_have_no_metadata_file(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.sdist())
    (entry,) = pypi.get("/simple/rowboat/").json()["files"]
    assert entry["core-metadata"] is False
    assert pypi.get(entry["url"].removeprefix(pypi.root) + ".metadata").status == 404


@pytest.mark.parametrize("path", ["/simple/Row_Boat/", "/simple/row.boat", "/simple/row-boat"])
def test_other_spellings_lead_to_the_page(pypi: Any, path: str) -> None:
    answer = pypi.get(path)
    assert (answer.status, answer.headers["Location"]) == (301, "/simple/row-boat/")


def test_yank_and_unyank(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    for yanked, shown in ((True, True), (False, False)):
        pypi.control("yank", {"project": "rowboat", "version": "1.0", "yanked": yanked})
        assert pypi.get("/simple/rowboat/").json()["files"][0]["yanked"] is shown
        assert pypi.get("/pypi/rowboat/json").json()["info"]["yanked"] is shown


def test_project_status_is_shown_and_quarantine_hides_the_files(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    change = {"project": "rowboat", "status": "quarantined", "reason": "leaks"}
    pypi.control("project-status", change)
    page = pypi.get("/simple/rowboat/").json()
    assert page["project-status"] == {"status": "quarantined", "reason": "leaks"}
    assert page["files"] == []
    assert pypi.control("project-status", change | {"status": "sunk"}).status == 400


def test_what_has_not_changed_is_304(pypi: Any, kit: Any) -> None:
    pypi.upload(kit.wheel())
    first = pypi.get("/simple/rowboat/")
    again = {"If-None-Match": first.headers["ETag"]}
    assert pypi.get("/simple/rowboat/", **again).status == 304
    assert pypi.get("/simple/rowboat/", accept="text/html", **again).status == 200
    pypi.upload(kit.sdist())
    assert pypi.get("/simple/rowboat/", **again).status == 200


def test_files_are_served_in_ranges(pypi: Any, kit: Any) -> None:
    file = kit.wheel()
    pypi.upload(file)
    url = pypi.get("/simple/rowboat/").json()["files"][0]["url"].removeprefix(pypi.root)
    part = pypi.get(url, Range="bytes=10-19")
    assert (part.status, part.body) == (206, file.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(file.content)}"
    assert pypi.get(url, Range="bytes=-7").body == file.content[-7:]
    assert pypi.request("HEAD", url).headers["Content-Length"] == str(len(file.content))
    assert pypi.get(url.replace(url.split("/")[2], "00", 1)).status == 404


def test_json_documents_tell_of_a_project_and_of_a_release(pypi: Any, kit: Any) -> None:
    for version in ("1.0", "1.1", "2.0rc1"):
        pypi.upload(kit.wheel(version=version, payload=version.encode()))
    whole = pypi.get("/pypi/RowBoat/json").json()
    assert (whole["info"]["version"], sorted(whole["releases"])) == ("1.1", ["1.0", "1.1", "2.0rc1"])
    one = pypi.get("/pypi/rowboat/1.0.0/json")
    assert one.status == 404
    one = pypi.get("/pypi/rowboat/1.0/json").json()
    assert "releases" not in one
    assert one["urls"][0]["filename"] == "rowboat-1.0-py3-none-any.whl"
    assert (
        one["urls"][0]["digests"]["sha256"] == hashlib.sha256(kit.wheel(payload=b"1.0").content).hexdigest()
    )
    assert pypi.get("/pypi/rowboat/nonsense/json").status == 404
    assert pypi.get("/pypi/canoe/json").status == 404


def test_without_a_relay_other_projects_do_not_exist(pypi: Any) -> None:
    assert pypi.get("/simple/iniconfig/").status == 404
    assert pypi.get("/relayed/iniconfig/iniconfig-1.0.tar.gz").status == 404
