"""The sandbox under public names: each host has its service and nothing else, and answers name public addresses."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tagboat.errors import InvalidError, UnavailableError
from tagboat.sandbox import control, trust
from tagboat.sandbox.names import PublicIndex, PublicNames, host_of
from tagboat.sandbox.server import Sandbox, running_sandbox
from tagboat.sandbox.trust import GitHubJob, PublisherOrder

NAMES = PublicNames(
    api="https://api.forge.example",
    uploads="https://uploads.forge.example",
    git="https://forge.example",
    indexes={
        "pypi": PublicIndex(
            "https://up.index.example/legacy/",
            "https://index.example/simple/",
            "https://files.index.example",
            ("https://old.index.example",),
        ),
        "testpypi": PublicIndex("https://test.example/legacy/", "https://test.example/simple/"),
    },
    issuers={"github": "https://token.forge.example", "gitlab": "https://lab.example"},
)


@dataclass
class Reply:
    status: int
    headers: Any
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Public:
    """Requests to the sandbox by public names, with a certificate that has to be good for each name."""

    sandbox: Sandbox

    def ask(
        self, host: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Reply:
        context = ssl.create_default_context(cafile=self.sandbox.addresses.ca)
        port = self.sandbox.addresses.front_port
        raw = socket.create_connection(("127.0.0.1", port), 30)
        connection = http.client.HTTPSConnection(host, port, context=context, timeout=30)
        connection.sock = context.wrap_socket(raw, server_hostname=host)
        try:
            connection.request(method, path, body, {"Host": host, **headers})
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Public]:
    with running_sandbox(tmp_path / "sandbox", public=NAMES) as sandbox:
        yield Public(sandbox)


def test_the_forges_hosts_have_their_part_at_the_root_and_nothing_else(public: Public) -> None:
    login = {"Authorization": f"token {public.sandbox.addresses.token}"}
    control.create_repository(public.sandbox.addresses, "acme/boat")
    there = public.ask("api.forge.example", "/repos/acme/boat", **login)
    assert there.status == 200
    assert there.json()["url"] == "https://api.forge.example/repos/acme/boat"
    assert there.json()["clone_url"] == "https://forge.example/acme/boat.git"
    assert public.ask("api.forge.example", "/").status == 200
    assert public.ask("api.forge.example", "/graphql", "POST", b"{}").status == 401
    assert public.ask("forge.example", "/acme/boat.git/info/refs?service=git-upload-pack").status == 200
    for host, path in (
        ("api.forge.example", "/api/v3/repos/acme/boat"),
        ("api.forge.example", "/acme/boat.git/info/refs?service=git-upload-pack"),
        ("forge.example", "/api/v3/repos/acme/boat"),
        ("uploads.forge.example", "/repos/acme/boat"),
        ("token.forge.example", "/simple/"),
    ):
        assert public.ask(host, path).status in (404, 405), (host, path)


def test_a_file_of_a_release_goes_where_the_release_says(public: Public) -> None:
    login = {"Authorization": f"token {public.sandbox.addresses.token}"}
    control.create_repository(public.sandbox.addresses, "acme/boat")
    draft = json.dumps({"tag_name": "v1", "draft": True}).encode()
    release = public.ask("api.forge.example", "/repos/acme/boat/releases", "POST", draft, **login).json()
    place = release["upload_url"].partition("{")[0]
    path = place.removeprefix("https://uploads.forge.example")
    assert path == f"/repos/acme/boat/releases/{release['id']}/assets"
    asset = public.ask("uploads.forge.example", f"{path}?name=a.whl", "POST", b"wheel", **login)
    assert asset.status == 201
    url = asset.json()["url"].removeprefix("https://api.forge.example")
    moved = public.ask("api.forge.example", url, Accept="application/octet-stream", **login)
    assert moved.status == 302
    target = moved.headers["Location"].removeprefix("https://forge.example")
    assert public.ask("forge.example", target).body == b"wheel"


def test_pages_of_a_list_lead_on_under_the_name_that_was_asked(public: Public) -> None:
    login = {"Authorization": f"token {public.sandbox.addresses.token}"}
    control.create_repository(public.sandbox.addresses, "acme/boat")
    for tag in ("v1", "v2"):
        body = json.dumps({"tag_name": tag, "draft": True}).encode()
        public.ask("api.forge.example", "/repos/acme/boat/releases", "POST", body, **login)
    first = public.ask("api.forge.example", "/repos/acme/boat/releases?per_page=1", **login)
    assert "<https://api.forge.example/repos/acme/boat/releases?per_page=1&page=2>" in first.headers["Link"]


def test_an_index_has_the_same_files_under_all_of_its_names(public: Public, kit: Any) -> None:
    here = public.sandbox.addresses
    client = kit.client(here, here.pypi)
    file = kit.wheel("boat")
    assert client.upload(file).status == 200
    client.pool.clear()
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    for host in ("index.example", "up.index.example"):
        (listed,) = public.ask(host, "/simple/boat/", **accept).json()["files"]
        assert listed["url"].startswith("https://files.index.example/packages/")
    path = listed["url"].removeprefix("https://files.index.example")
    assert public.ask("files.index.example", path).body == file.content
    assert public.ask("old.index.example", "/pypi/boat/json").json()["info"]["version"] == "1.0"
    assert public.ask("test.example", "/simple/boat/", **accept).status == 404
    assert public.ask("up.index.example", "/_/oidc/audience").json() == {"audience": "pypi"}
    assert public.ask("test.example", "/_/oidc/audience").json() == {"audience": "testpypi"}


def test_issuers_are_discovered_by_their_names(public: Public) -> None:
    here = public.sandbox.addresses
    assert here.issuers == dict(NAMES.issuers)
    for host, path in (
        ("token.forge.example", "/.well-known/jwks"),
        ("lab.example", "/oauth/discovery/keys"),
    ):
        document = public.ask(host, "/.well-known/openid-configuration").json()
        assert (document["issuer"], document["jwks_uri"]) == (f"https://{host}", f"https://{host}{path}")
        assert len(public.ask(host, path).json()["keys"]) == 1


def test_a_token_of_a_public_issuer_mints(public: Public) -> None:
    here = public.sandbox.addresses
    trust.add_publisher(here, "pypi", "boat", PublisherOrder("acme/boat", "release.yml"), create=True)
    body = json.dumps({"token": trust.issue_token(here, GitHubJob("acme/boat", "5" * 40), "pypi")}).encode()
    assert public.ask("up.index.example", "/_/oidc/mint-token", "POST", body).status == 200


def test_a_name_that_it_does_not_stand_in_for_is_misdirected(public: Public) -> None:
    answer = public.ask("index.example", "/simple/", Host="elsewhere.example")
    assert (answer.status, answer.body) == (421, b"This sandbox does not stand in for elsewhere.example.\n")


def test_a_restart_keeps_the_port(tmp_path: Path) -> None:
    ports = []
    for _ in range(2):
        with running_sandbox(tmp_path / "sandbox", public=NAMES) as sandbox:
            ports.append((sandbox.addresses.front_port, sandbox.addresses.proxy))
    assert ports[0] == ports[1]


def test_a_port_that_is_taken_is_not_replaced_by_another(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(UnavailableError, match=f"port {port} is not to be had"),
            running_sandbox(tmp_path / "sandbox", public=NAMES, public_port=port),
        ):
            pass


def test_names_are_data_and_come_back() -> None:
    assert PublicNames.from_json(json.loads(json.dumps(NAMES.as_json()))) == NAMES
    assert NAMES.hosts() == (
        "api.forge.example",
        "uploads.forge.example",
        "forge.example",
        "token.forge.example",
        "lab.example",
        "up.index.example",
        "index.example",
        "files.index.example",
        "old.index.example",
        "test.example",
    )


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example:443", "https://", "a.example", ""])
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(InvalidError, match="is no public address"):
        host_of(url)


def test_two_services_cannot_share_a_host(tmp_path: Path) -> None:
    names = replace(NAMES, uploads=NAMES.api)
    with (
        pytest.raises(InvalidError, match=r"two services are to be api\.forge\.example"),
        running_sandbox(tmp_path / "sandbox", public=names),
    ):
        pass
