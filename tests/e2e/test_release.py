"""A release from a tag to both indexes and the forge, through the command line."""

from __future__ import annotations

from harbour import Project


def test_a_tag_is_released_to_both_indexes_and_the_forge(project: Project) -> None:
    answer = project.release("--tag", project.ready())
    assert answer.exit == 0, answer.err
    made = {
        row["file"]: row["sha256"] for row in answer.json["manifest"] if row["role"] in ("sdist", "wheel")
    }
    assert len(made) == 2
    assert project.harbour.files("pypi", project.name) == made
    assert project.harbour.files("testpypi", project.name) == made
    release = project.releases()[0]
    assert (release["draft"], release["tag_name"]) == (False, "v1.0")
    digests = {asset["name"]: asset["digest"].removeprefix("sha256:") for asset in release["assets"]}
    assert {row["file"]: row["sha256"] for row in answer.json["manifest"]}.items() <= digests.items()
    assert {"tagboat-manifest.json", "tagboat-ledger.jsonl"} <= set(digests)
