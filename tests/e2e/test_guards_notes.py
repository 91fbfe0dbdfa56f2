"""The guard of the release notes, and that of the forge's release."""

from __future__ import annotations

import pytest
from harbour import Answer, Project
from projects import flit

NOTES = 'notes = "docs/release/{version}-notes.rst"'


def released(project: Project, version: str, notes: dict[str, str]) -> Answer:
    tag = project.ready(version, {**flit(project.name, version, tagboat=NOTES), **notes})
    return project.tagboat("check", "--tag", tag)


def test_missing_notes_are_refused_with_their_path(project: Project) -> None:
    answer = released(project, "1.0", {})
    assert (answer.exit, answer.codes()) == (3, {"notes-missing"})
    assert "docs/release/1.0-notes.rst" in answer.cause
    assert "write them, commit, and tag the new commit" in answer.remedy


@pytest.mark.parametrize("text", ["", " \n\n\t\n"])
def test_empty_notes_are_refused(project: Project, text: str) -> None:
    answer = released(project, "1.0", {"docs/release/1.0-notes.rst": text})
    assert (answer.exit, answer.codes()) == (3, {"notes-empty"})


def test_a_post_release_needs_no_notes_of_its_own(project: Project) -> None:
    answer = released(project, "1.0.post1", {})
    assert answer.exit == 0, answer.err
    assert answer.step("notes-present")["state"] == "skipped"


def test_a_beta_needs_notes_under_exactly_its_own_version(project: Project) -> None:
    answer = released(project, "1.0b1", {"docs/release/1.0-notes.rst": "Final\n"})
    assert answer.codes() == {"notes-missing"}
    project.commit({"docs/release/1.0b2-notes.rst": "Beta\n", **flit(project.name, "1.0b2", tagboat=NOTES)})
    project.push()
    project.green()
    project.tag("v1.0b2")
    assert project.tagboat("check", "--tag", "v1.0b2").exit == 0


def test_the_notes_become_the_release_s_text(project: Project) -> None:
    notes = {"docs/release/1.0-notes.rst": "All is new.\n"}
    tag = project.ready("1.0", {**flit(project.name, "1.0", tagboat=NOTES), **notes})
    assert project.release("--tag", tag).exit == 0
    assert project.releases()[0]["body"].strip() == "All is new."


def order(project: Project, *, draft: bool) -> dict[str, object]:
    made: dict[str, object] = project.harbour.api(
        "POST",
        f"/repos/{project.repository}/releases",
        {"tag_name": "v1.0", "name": "by hand", "draft": draft, "target_commitish": project.head},
    )
    return made


def test_a_release_that_somebody_published_is_refused(project: Project) -> None:
    tag = project.ready()
    made = order(project, draft=False)
    before = project.journal()
    answer = project.release("--tag", tag)
    assert (answer.exit, answer.codes()) == (3, {"release-published"}), answer.err
    assert str(made["html_url"]) in answer.cause
    assert "next version" in answer.remedy
    assert project.journal() == before


def test_a_draft_that_somebody_prepared_is_used(project: Project) -> None:
    tag = project.ready()
    made = order(project, draft=True)
    answer = project.release("--tag", tag)
    assert answer.exit == 0, answer.err
    releases = project.releases()
    assert [(release["id"], release["draft"]) for release in releases] == [(made["id"], False)]


def test_two_drafts_for_one_tag_are_a_conflict(project: Project) -> None:
    tag = project.ready()
    urls = [str(order(project, draft=True)["html_url"]) for _ in range(2)]
    before = project.journal()
    answer = project.release("--tag", tag)
    assert (answer.exit, answer.json["result"]) == (7, "conflict"), answer.err
    assert all(url in answer.cause for url in urls)
    assert "delete" in answer.remedy
    assert project.journal() == before
