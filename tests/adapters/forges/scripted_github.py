"""GitHub before a server that answers as it is told, and the shapes of its answers."""

from __future__ import annotations

from tagboat.adapters.addresses import Addresses
from tagboat.adapters.forges.github import GitHub
from tagboat.adapters.http import HTTP, Credentials
from tagboat.ports.forge import ForgeRelease
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import ScriptedServer, json_answer

SECRET = "ghp_s3cret"
DRAFT = ForgeRelease(1, "v1", "", True, False, False, "", "")
REPOSITORY = json_answer('{"full_name": "o/r", "default_branch": "main"}')
MISSING = json_answer('{"message": "Not Found"}', status="404 Not Found")


def made(server: ScriptedServer, clock: FakeClock, credentials: Credentials | None) -> GitHub:
    addresses = Addresses(api=server.url, uploads=f"{server.url}/up", git=server.url)
    return GitHub(HTTP(clock, environment={}), addresses, "o/r", credentials)


def run(number: int, commit: str = "c" * 40, **more: object) -> dict[str, object]:
    shape = {
        "id": number,
        "head_sha": commit,
        "path": ".github/workflows/ci.yml@refs/heads/main",
        "name": "CI",
        "head_branch": "main",
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "html_url": "https://forge.invalid/1",
        "run_attempt": 1,
    }
    return shape | more


def release(**more: object) -> dict[str, object]:
    shape: dict[str, object] = {"id": 1, "tag_name": "v1", "name": None, "draft": True, "author": None}
    return shape | {"assets": []} | more
