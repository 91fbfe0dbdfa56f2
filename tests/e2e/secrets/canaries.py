"""Canary secrets: which kinds there are, how they are spelled, where each lives, and the looking for them.

Nothing here uses the product's own code: a spelling that it forgets must not be forgotten here as well.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ODD = '/+"\\&é'
"""Signs that each spelling writes in its own way: passwords hold such, tokens do not."""

SPELLINGS: Mapping[str, Callable[[str], list[str]]] = {
    "plain": lambda secret: [secret],
    "url": lambda secret: [quote(secret, safe="")],  # in URLs and forms
    "base64": lambda secret: [
        _coded(f"{user}{secret}") for user in USERS
    ],  # alone, and in Basic authentication
    "json": lambda secret: [json.dumps(secret)[1:-1]],  # in bodies of errors and in our own answers
    "hex": lambda secret: [secret.encode().hex()],  # as bytes.hex(), xxd and debuggers print what was sent
}
USERS = ("", "__token__:", "x-access-token:", "crew:", "a:")


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


AT_ONCE, ONCE_SENT, NEVER = "at once", "once sent", "never"


@dataclass(frozen=True)
class Canary:
    """One secret.

    Attributes:
        kind: what it is.
        value: the secret itself.
        known: from when on anybody who speaks to us may repeat it: "at once" for what stands in the environment, or has a
            shape that gives it away; "once sent" for what is looked up only to be sent; "never" for what stands in files of
            other tools, which nobody but a build reads.
    """

    kind: str
    value: str
    known: str = AT_ONCE

    def spelled(self) -> Iterator[tuple[str, str]]:
        """Each spelling's name with what is looked for."""
        for name, spell in SPELLINGS.items():
            yield from ((name, form) for form in spell(self.value))
        # A secret that was cut in two is one still; the ends hold no prefix that everybody knows.
        whole = self.value.strip().splitlines()
        inner = max(whole, key=len)
        yield "plain", inner[-20:] if len(inner) > 24 else inner
        yield "plain", inner[len(inner) // 2 - 10 :][:20] if len(inner) > 60 else inner


@dataclass
class Flock:
    """All canaries of one run; ``sent`` are the values that were seen on their way."""

    seed: int
    canaries: list[Canary] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - secrets of a test are the same in each run
        self._made()

    def __getitem__(self, kind: str) -> str:
        return next(canary.value for canary in self.canaries if canary.kind == kind)

    def add(self, kind: str, value: str) -> None:
        """Take in a secret that came up on the way, such as a token that an index lent."""
        if value not in {canary.value for canary in self.canaries}:
            self.canaries.append(Canary(kind, value, ONCE_SENT))

    def letters(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=count))

    def _made(self) -> None:
        word = self.letters
        token = base64.urlsafe_b64encode(word(90).encode()).decode()
        identity = ".".join(_coded(json.dumps({"id": word(30)})) for _ in range(2))
        key = "\n".join(
            [f"-----BEGIN {KEY}-----", *(word(70) for _ in range(5)), f"{word(21)}=", f"-----END {KEY}-----"]
        )
        self.canaries = [
            Canary("PyPI API token", f"pypi-AgEIcHlwaS5vcmc{word(120)}"),
            Canary("TestPyPI API token", f"pypi-AgENdGVzdC5weXBpLm9yZw{token}"),
            Canary("GitHub classic token", f"ghp_{word(36)}"),
            Canary("GitHub fine-grained token", f"github_pat_{word(22)}_{word(59)}"),
            Canary("GitHub installation token", f"ghs_{word(36)}"),
            Canary("GitLab job token", f"glcbt-64_{word(20)}"),
            Canary("GitLab identity", f"{identity}.{word(60)}"),
            Canary("keyring password", f"{word(14)}{ODD}{word(8)}", ONCE_SENT),
            Canary("netrc password", f"{word(18)}-{word(8)}", ONCE_SENT),
            Canary("index URL password", f"{word(14)}{ODD}{word(9)}"),
            Canary("git remote URL password", f"{word(26)}", NEVER),
            Canary("git extraheader", f"{word(33)}", NEVER),
            Canary("TWINE_PASSWORD", f"{word(12)}{ODD}{word(11)}"),
            Canary("UV_PUBLISH_TOKEN", f"pypi-{word(64)}"),
            Canary("AWS secret key", f"{word(20)}/{word(9)}+{word(9)}"),
            Canary("npm token", f"npm_{word(36)}"),
            Canary("Docker login", f"{word(13)}{ODD}{word(12)}"),
            Canary("SSH private key", f"{key}\n"),
            Canary("proxy password", f"{word(15)}{ODD}{word(7)}"),
            Canary("token in a signed URL", f"{word(40)}", NEVER),
            Canary("token in a remote log", f"glpat-{word(20)}"),
            Canary("password in a variable of the project's own", f"{word(11)}{ODD}{word(10)}"),
        ]

    def echo(self, separator: str = " ") -> str:
        """Everything that somebody could repeat by now, in every spelling."""
        known = [
            c for c in self.canaries if c.known == AT_ONCE or (c.known == ONCE_SENT and c.value in self.sent)
        ]
        forms = [form for canary in known for spell in SPELLINGS.values() for form in spell(canary.value)]
        return separator.join(dict.fromkeys(forms))

    def found(self, data: bytes) -> list[str]:
        """Which canaries are in these bytes, in which spelling."""
        return [
            f"{canary.kind} ({name})"
            for canary in self.canaries
            for name, form in dict.fromkeys(canary.spelled())
            if form.encode() in data
        ]

    def leaks(self, places: Iterable[tuple[str, bytes]]) -> list[str]:
        """Where something was found."""
        return [f"{place}: {what}" for place, data in places for what in self.found(data)]

    @property
    def kinds(self) -> int:
        return len({canary.kind for canary in self.canaries})


KEY = "OPENSSH PRIVATE KEY"


def planted_variables(flock: Flock) -> dict[str, str]:
    """The environment of a machine on which too much is set."""
    netloc = quote(flock["proxy password"], safe="")
    login = _docker(flock)
    return {
        "TAGBOAT_FORGE_TOKEN": flock["GitHub fine-grained token"],
        "GH_TOKEN": flock["GitHub classic token"],
        "GITHUB_TOKEN": flock["GitHub installation token"],
        "TAGBOAT_PYPI_TOKEN": flock["PyPI API token"],
        "TAGBOAT_TESTPYPI_TOKEN": flock["TestPyPI API token"],
        "CI_JOB_TOKEN": flock["GitLab job token"],
        "PYPI_ID_TOKEN": flock["GitLab identity"],
        "TWINE_PASSWORD": flock["TWINE_PASSWORD"],
        "UV_PUBLISH_TOKEN": flock["UV_PUBLISH_TOKEN"],
        "AWS_SECRET_ACCESS_KEY": flock["AWS secret key"],
        "NPM_TOKEN": flock["npm token"],
        "DOCKER_AUTH_CONFIG": json.dumps({"auths": {"registry.example": {"auth": login}}}),
        "SSH_PRIVATE_KEY": flock["SSH private key"],
        "HTTPS_PROXY": f"http://crew:{netloc}@127.0.0.1:9",
        "NO_PROXY": "localhost,127.0.0.1",
        "DEPLOY_PASSWORD": flock["password in a variable of the project's own"],
    }


def _docker(flock: Flock) -> str:
    return base64.b64encode(f"crew:{flock['Docker login']}".encode()).decode()


def planted_home(folder: Path, flock: Flock, hosts: Iterable[str]) -> None:
    """Write the files in which other tools keep their secrets, and a keyring that answers."""
    machines = "".join(
        f"machine {host}\n  login crew\n  password {flock['netrc password']}\n" for host in hosts
    )
    basic = base64.b64encode(f"x-access-token:{flock['git extraheader']}".encode()).decode()
    files = {
        ".netrc": machines,
        ".npmrc": f"//registry.example/:_authToken={flock['npm token']}\n",
        ".docker/config.json": json.dumps({"auths": {"registry.example": {"auth": _docker(flock)}}}),
        ".aws/credentials": f"[default]\naws_secret_access_key = {flock['AWS secret key']}\n",
        ".ssh/id_ed25519": flock["SSH private key"],
        ".pypirc": f"[pypi]\nusername = __token__\npassword = {flock['PyPI API token']}\n",
        ".gitconfig": f'[http "https://forge.example/"]\n\textraheader = AUTHORIZATION: basic {basic}\n',
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)


def planted_keyring(folder: Path, flock: Flock) -> None:
    """Write a program ``keyring`` that knows the password of every service."""
    folder.mkdir(parents=True, exist_ok=True)
    answer = json.dumps({"username": "crew", "password": flock["keyring password"]})
    path = folder / "keyring"
    path.write_text(f"#!/bin/sh\ncase \"$*\" in\n*json*) cat <<'END'\n{answer}\nEND\n;;\n*) exit 1;;\nesac\n")
    path.chmod(0o700)


NOSY = '''\
"""Tells all that it can see, in all spellings."""

import base64
import glob
import json
import os
import sys
from urllib.parse import quote


def tell(where, text):
    for spelled in (text, json.dumps(text), quote(text, safe=""), base64.b64encode(text.encode()).decode(), text.encode().hex()):
        print("SEEN", where, spelled, file=sys.stderr)
    for line in text.splitlines():
        print(line, file=sys.stderr)


for name, value in os.environ.items():
    tell(name, value)
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        with open(path, "rb") as file:
            tell(path, file.read().decode("utf-8", "replace"))
    except OSError:
        pass
for path in glob.glob({home!r} + "/**", recursive=True, include_hidden=True) if {home!r} else ():
    if os.path.isfile(path) and os.path.getsize(path) < 20_000:
        with open(path, errors="replace") as file:
            text = file.read()
        if path.rpartition("/")[2] in {raw!r}:
            print("SEEN", path, file=sys.stderr)
            print(text, file=sys.stderr)
        else:
            tell(path, text)
'''
RAW = (".netrc", ".gitconfig", "config.json", "credentials")
"""Files whose secrets have no shape: only the form of the file tells of them, so in Base64 nobody could."""


def nosy(home: Path) -> str:
    """The text of a module that tells, when it is imported."""
    return NOSY.format(home=str(home), raw=RAW)
