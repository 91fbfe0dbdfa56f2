"""Canary secrets of all kinds, spelled in all ways, through every path of the command: ``make canaries``."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gateway
import pytest
from scene import Scene, Seen

from tagboat.sandbox import control, trust
from tagboat.sandbox.trust import GitHubJob, PublisherOrder
from tagboat.testing.workflow import publishing_workflow

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
NO_TOKENS = ("TAGBOAT_PYPI_TOKEN", "TAGBOAT_TESTPYPI_TOKEN", "PYPI_ID_TOKEN")


@dataclass(frozen=True)
class Built:
    """What was gathered, and how the build and the gathering were seen."""

    folder: Path
    build: Seen
    gather: Seen

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"


@pytest.fixture(scope="module")
def built(scene: Scene) -> Built:
    out = scene.kept / "shards"
    build = scene.call("build, a nosy one", "build", "--tag", "v1.0", "--out", out)
    assert build.exit == 0, build.err
    log = scene.log("build, a nosy one")
    assert all(word in log for word in ("SEEN", ".npmrc", "***")), "the nosy build was not heard"
    dist = scene.kept / "dist"
    gather = scene.call("gather", "gather", out, "--tag", "v1.0", "--out", dist, actions=True)
    assert gather.exit == 0, gather.err
    return Built(dist, build, gather)


@pytest.fixture
def identity(scene: Scene, built: Built) -> dict[str, str]:
    """The variables of a job that both indexes trust, on a machine that knows no other way in."""
    addresses = scene.project.harbour.addresses
    publisher = PublisherOrder(scene.project.repository, "release.yml")
    for index in ("testpypi", "pypi"):
        trust.add_publisher(addresses, index, scene.project.name, publisher, create=True)
    job = trust.grant_identity(addresses, GitHubJob(scene.project.repository, scene.project.head))
    scene.flock.add("identity request token", job.request_token)
    return {
        **job.environment(),
        "ACTIONS_ID_TOKEN_REQUEST_URL": scene.gateway.led(job.request_url),
        "PATH": scene.project.env["PATH"],
        "NETRC": "/nowhere",
    }


def publish(scene: Scene, built: Built, path: str, *words: str, **fields: Any) -> Seen:
    return scene.call(path, "publish", "--manifest", built.manifest, *words, **fields)


def refused(seen: Seen) -> bool:
    """Whether it ended in an error that somebody foresaw."""
    return seen.exit != 0 and seen.answer["error"]["code"] != "bug"


class TestCheck:
    def test_that_passes(self, scene: Scene) -> None:
        assert scene.call("check", "check", "--tag", "v1.0", actions=True).exit == 0

    @pytest.mark.parametrize("form", ["json", "html", "reason", "escapes", "redirect", "signed_address"])
    def test_that_the_forge_refuses(self, scene: Scene, form: str) -> None:
        scene.gateway.order("GET", "/actions/runs", getattr(gateway, f"in_{form}"))
        seen = scene.call(f"check, refused in {form}", "check", "--tag", "v1.0", actions=True)
        assert refused(seen), seen.err
        assert scene.gateway.met

    @pytest.mark.parametrize("form", ["json", "html", "reason"])
    def test_that_an_index_fails(self, scene: Scene, form: str) -> None:
        scene.gateway.order("GET", "/simple/", partial(getattr(gateway, f"in_{form}"), status=418))
        seen = scene.call(f"check, the index fails in {form}", "check", "--tag", "v1.0")
        assert refused(seen), seen.err
        assert scene.gateway.met

    def test_that_gets_a_page_in_the_place_of_an_answer(self, scene: Scene) -> None:
        scene.gateway.order("GET", "/actions/runs", partial(gateway.in_html, status=200))
        seen = scene.call("check, a page for an answer", "check", "--tag", "v1.0")
        assert "answered 200 with a page for people" in seen.cause

    def test_of_a_repository_that_git_is_not_let_into(self, scene: Scene) -> None:
        scene.gateway.order("GET", "/info/refs", partial(gateway.in_json, status=401))
        seen = scene.call("check, git is refused", "check", "--tag", "v1.0")
        assert seen.exit == 4, seen.err

    def test_with_certificates_that_do_not_fit(self, scene: Scene) -> None:
        there = scene.project.harbour.addresses
        seen = scene.call("check, broken TLS", "check", "--tag", "v1.0", order={"api": there.api})
        assert "certificate is not trusted" in seen.cause

    def test_through_a_proxy_that_refuses(self, scene: Scene) -> None:
        scene.gateway.order("CONNECT", "", partial(gateway.in_reason, status=407))
        proxy = scene.variables("", actions=False)["HTTPS_PROXY"].replace("127.0.0.1:9", own(scene))
        order = {"api": "https://api.forge.example"}
        seen = scene.call(
            "check, the proxy refuses", "check", "--tag", "v1.0", more={"HTTPS_PROXY": proxy}, order=order
        )
        assert "the proxy does not let us through" in seen.cause

    def test_that_meets_a_bug(self, scene: Scene) -> None:
        seen = scene.call(
            "check, a bug in a job",
            "check",
            "--tag",
            "v1.0",
            order={"bug": scene.flock.echo("\n")},
            actions=True,
        )
        assert seen.answer["error"]["code"] == "bug"

    def test_of_a_command_line_that_holds_one(self, scene: Scene) -> None:
        """Whoever starts it so has shown it to everybody already; we say it no second time."""
        words = ("--repository", f"https://crew:{scene.flock['index URL password']}@forge.example/a")
        seen = scene.call("check, a secret for a name", "check", "--tag", "v1.0", *words, shown_already=True)
        assert seen.exit == 2, seen.err


def own(scene: Scene) -> str:
    return next(iter(scene.gateway.origins.values())).partition("://")[2]


class TestBuild:
    def test_that_fails_and_tells_all_that_it_can_see(self, scene: Scene) -> None:
        scene.project.commit(scene.files("1.1", fails=True), "Give up")
        scene.project.push()
        scene.project.green()
        scene.project.tag("v1.1")
        seen = scene.call(
            "build, a nosy one fails", "build", "--tag", "v1.1", "--out", scene.kept / "failed", actions=True
        )
        assert seen.exit == 1, seen.err
        assert "the build gives up" in seen.cause


class TestPublish:
    """In this order: all refusals, then the real one."""

    def test_whose_release_on_the_forge_is_refused(self, scene: Scene, built: Built) -> None:
        scene.gateway.order("POST", "/releases", gateway.in_json)
        seen = publish(scene, built, "publish, the forge refuses")
        assert refused(seen), seen.err

    @pytest.mark.parametrize("form", ["json", "html", "reason", "escapes", "redirect"])
    def test_whose_uploads_are_refused(self, scene: Scene, built: Built, form: str) -> None:
        scene.gateway.order("POST", "/legacy/", getattr(gateway, f"in_{form}"))
        seen = publish(scene, built, f"publish, uploads refused in {form}", actions=True)
        assert seen.exit == 6, seen.err
        assert scene.gateway.met

    def test_whose_uploads_get_no_answer(self, scene: Scene, built: Built) -> None:
        scene.gateway.order("POST", "/legacy/", partial(gateway.in_json, status=503))
        seen = publish(scene, built, "publish, uploads fail")
        assert seen.exit == 6, seen.err

    def test_with_the_keyring_s_password_that_is_refused(self, scene: Scene, built: Built) -> None:
        scene.gateway.order("POST", "/legacy/", gateway.in_json)
        seen = publish(scene, built, "publish, keyring", without=NO_TOKENS)
        assert seen.exit == 6, seen.err
        assert scene.flock["keyring password"] in scene.flock.sent

    def test_with_the_login_of_netrc_that_is_refused(self, scene: Scene, built: Built) -> None:
        scene.gateway.order("POST", "/legacy/", gateway.in_reason)
        keyring = scene.planted / "bin" / "keyring"
        text = keyring.read_text()
        keyring.write_text("#!/bin/sh\nexit 1\n")
        try:
            seen = publish(scene, built, "publish, netrc", without=NO_TOKENS)
        finally:
            keyring.write_text(text)
        assert seen.exit == 6, seen.err
        assert scene.flock["netrc password"] in scene.flock.sent

    @pytest.mark.parametrize(
        ("method", "place"),
        [("GET", "^/token/"), ("GET", "/_/oidc/audience"), ("POST", "/_/oidc/mint-token")],
    )
    @pytest.mark.parametrize("form", ["json", "html", "redirect"])
    def test_whose_identity_is_refused(
        self, scene: Scene, built: Built, identity: dict[str, str], method: str, place: str, form: str
    ) -> None:
        scene.gateway.order(method, place, partial(getattr(gateway, f"in_{form}"), **_unprocessable(form)))
        path = f"publish, {place.rpartition('/')[2] or 'identity'} in {form}"
        seen = publish(scene, built, path, actions=True, more=identity, without=NO_TOKENS)
        assert not seen.exit or refused(seen), seen.err
        assert scene.gateway.met

    def test_that_is_killed_and_resumed(self, scene: Scene, built: Built, identity: dict[str, str]) -> None:
        event = threading.Event()

        def last(*_: object) -> tuple[int, str, dict[str, str], bytes]:
            event.set()
            threading.Event().wait(1)
            return gateway.in_json(scene.flock, b"")

        scene.gateway.order("POST", "/legacy/", last)
        killed = publish(
            scene, built, "publish, killed", actions=True, more=identity, without=NO_TOKENS, kill_when=event
        )
        assert killed.exit == -9, killed.err
        scene.gateway.clear()
        state = "publish, killed"
        resumed = scene.call("resume", "resume", state=state, actions=True, more=identity, without=NO_TOKENS)
        assert resumed.exit == 0, resumed.err
        kinds = {canary.kind for canary in scene.flock.canaries}
        assert kinds >= {"minted token", "identity of a job", "identity request token"}

    def test_that_finds_all_there(self, scene: Scene, built: Built) -> None:
        done = publish(scene, built, "publish", actions=True)
        assert done.exit == 0, done.err


def _unprocessable(form: str) -> dict[str, int]:
    return {} if form == "redirect" else {"status": 422}


class TestAfterwards:
    def test_confirm(self, scene: Scene, built: Built) -> None:
        seen = scene.call("confirm", "confirm", "--manifest", built.manifest, actions=True)
        assert seen.exit == 0, seen.err

    def test_confirm_with_an_index_that_fails(self, scene: Scene, built: Built) -> None:
        scene.gateway.order("GET", "/simple/", gateway.in_html)
        seen = scene.call("confirm, the index refuses", "confirm", "--manifest", built.manifest)
        assert refused(seen), seen.err

    def test_verify(self, scene: Scene, built: Built) -> None:
        seen = scene.call("verify", "verify", built.manifest, "--files", built.folder)
        assert seen.exit == 0, seen.err

    @pytest.mark.parametrize("place", ["/git/", "/simple/"])
    def test_verify_with_a_service_that_refuses(self, scene: Scene, built: Built, place: str) -> None:
        scene.gateway.order("GET", place, partial(gateway.in_json, status=400))
        seen = scene.call(f"verify, {place} refuses", "verify", built.manifest)
        assert seen.exit != 0, seen.err

    def test_the_ledger(self, scene: Scene, built: Built) -> None:
        for word in ("export", "show", "verify"):
            seen = scene.call(f"ledger {word}", "ledger", word, scene.kept / "publish, killed")
            assert seen.exit == 0, seen.err

    def test_status(self, scene: Scene, built: Built) -> None:
        for path in ("publish, killed", "publish, uploads refused in json"):
            assert scene.call(f"status of {path}", "status", state=path).exit == 0

    @pytest.mark.parametrize("outcome", ["failure", "success"])
    def test_the_report(self, scene: Scene, outcome: str) -> None:
        said = {"cause": f"it said {scene.flock.echo()}", "remedy": scene.flock.echo()[-4000:], "exit": "6"}
        needs = {
            "publish": {"result": outcome, "outputs": said},
            "confirm": {"result": outcome, "outputs": {}},
        }
        seen = scene.call(
            f"report of {outcome}", "report", actions=True, more={"TAGBOAT_NEEDS": json.dumps(needs)}
        )
        assert seen.exit == 0, seen.err
        assert seen.answer["deed"] == {"failure": "opened", "success": "closed"}[outcome]

    def test_a_report_that_is_refused(self, scene: Scene) -> None:
        scene.gateway.order("POST", "/issues", gateway.in_json)
        words = ("--run-result", "failure", "--tag", "v1.0", "--component", "boat")
        assert scene.call("report, refused", "report", *words, actions=True).exit == 4


class TestHandedOver:
    """A release that the forge's workflow publishes, whose logs repeat everything."""

    def test_whose_run_fails(self, scene: Scene) -> None:
        project = scene.project
        tables = (
            '[tool.tagboat]\npipeline = "remote-release"\n\n'
            '[tool.tagboat.workflows]\nrelease = "publish.yml"\ntrigger = "tag"\n\n'
        )
        files = scene.files("2.0", tables=tables, policy={"remote-start": 2, "remote-wait": 2})
        project.commit({**files, ".github/workflows/publish.yml": publishing_workflow()}, "Hand over")
        project.push()
        project.green()
        seen = scene.call("release, handed over", "release", "--tag", "v2.0", "--commit", "HEAD")
        assert seen.exit == 6, seen.err
        told = scene.flock.echo("\n")
        stamped = "\n".join(f"2026-01-02T03:04:05.6789012Z {line}" for line in told.split("\n"))
        jobs = [control.Job("publish", log=f"Uploading\n{told}\n{stamped}\nit ends here", step="Publish")]
        project.green(
            workflow=".github/workflows/publish.yml", branch="v2.0", conclusion="failure", jobs=jobs
        )
        failed = scene.call("resume, the run failed", "resume", state="release, handed over", actions=True)
        assert failed.exit == 6, failed.err
        assert "it ends here" in failed.cause
        logs = [
            path.read_text() for path in (scene.kept / "release, handed over" / "logs" / "files").iterdir()
        ]
        assert any("it ends here" in text for text in logs)


class TestRehearsal:
    def test_that_builds_a_nosy_project(self, scene: Scene) -> None:
        scene.project.git("checkout", "--quiet", "v1.0")
        seen = scene.call("rehearse", "rehearse", ".", "--tag", "v1.0", leads=False)
        assert seen.exit == 0, seen.err
        assert "SEEN" in scene.log("rehearse")
