"""Rules for single values: each takes what the file says and returns it, or raises ValueError saying what is wrong.

No message repeats a value that might be a secret.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from tagboat.core.tag import TagGrammar, odd_tag

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_PYTHON = re.compile(r"(?:pypy)?3\.\d{1,2}(?:\.\d{1,2})?t?")
_WORKFLOW_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_NAME = re.compile(
    r"(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|(?:API|PRIVATE|ACCESS|SIGNING)_?KEY)S?(?:_|$)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"gh[pousr]_\w{16}|github_pat_|glpat-|pypi-\w{16}|AKIA[0-9A-Z]{12}|xox[abprs]-|-----BEGIN|://[^/\s@]+:[^/\s@]+@"
)


def plain(text: str) -> str:
    """Text without control characters, which could hide in a terminal what a release will do."""
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    return text


def filled(text: str) -> str:
    """Plain text that is not empty."""
    if not text.strip():
        raise ValueError("is empty")
    return plain(text)


def name(text: str) -> str:
    """A name of a component, distribution, shard or index: letters, digits, and ``._-`` between them (as in PEP 508)."""
    if not _NAME.fullmatch(text) or len(text) > 100:
        raise ValueError("is no name: up to 100 letters and digits, with '.', '_' and '-' only between them")
    return text


def inner_path(text: str) -> str:
    """A path inside the repository, brought to its shortest form."""
    plain(text)
    path = PurePosixPath(text)
    if not text or path.is_absolute() or re.match(r"[A-Za-z]:", text) or text.startswith("~"):
        raise ValueError("must be a path relative to the repository's root")
    if ".." in path.parts:
        raise ValueError("must stay inside the repository: '..' is not allowed")
    if "\\" in text:
        raise ValueError("separates folders with '/', not with a backslash")
    if path.parts[:1] == (".git",):
        raise ValueError("must not lie in .git")
    return str(path)


def notes(text: str) -> str:
    """The path of the release notes, with the place of the version in it; "" for none."""
    if text == "":
        return text
    if "{version}" not in text:
        raise ValueError("must hold {version}, so that each version has its own notes")
    if re.search(r"[{}]", text.replace("{version}", "")):
        raise ValueError("knows no other place than {version}")
    return inner_path(text)


def grammar(text: str) -> str:
    """A tag grammar."""
    try:
        return TagGrammar(text).template
    except ValueError as error:
        raise ValueError(f"is no tag grammar: {error}") from None


def branch(text: str) -> str:
    """The short name of a branch, by the rules of ``git check-ref-format``."""
    odd = odd_tag(text)
    if odd:
        raise ValueError(f"is no branch name: {odd}")
    if text.startswith("refs/"):
        raise ValueError("must be the branch's short name, without refs/heads/")
    return text


def default_branch(text: str) -> str:
    """The short name of a branch; "" for the forge's own default."""
    return text and branch(text)


def specifier(text: str) -> str:
    """A PEP 440 specifier of versions; "" for any."""
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError("is no PEP 440 specifier such as '>=2,<3' ('' allows every version)") from None
    return text


def python(text: str) -> str:
    """An interpreter, such as ``3.12`` or ``3.14t``."""
    if not _PYTHON.fullmatch(text):
        raise ValueError("is no interpreter's version such as '3.12'")
    return text


def any_python(text: str) -> str:
    """An interpreter; "" for the running one."""
    return text and python(text)


def module(text: str) -> str:
    """A module's dotted name."""
    if not all(part.isidentifier() for part in text.split(".")):
        raise ValueError("is no module's dotted name")
    return text


def variable(text: str) -> str:
    """The name of an environment variable that is no secret's."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError("is no name of an environment variable")
    if _SECRET_NAME.search(text):
        raise ValueError(
            "looks like a secret, and a build gets none; give it to the step that needs it by its own way"
        )
    return text


def open_value(text: str) -> str:
    """A value that everybody may read: it stands in the repository and in the plan."""
    if _SECRET_VALUE.search(text):
        raise ValueError("looks like a secret; configuration is public: take it out and revoke it")
    if "\0" in text:
        raise ValueError("holds a NUL character")
    return text


def repository(text: str) -> str:
    """``owner/name`` on the forge; "" to read it from the git remote."""
    if text and not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", text, re.ASCII):
        raise ValueError("must be owner/name")
    return text


def workflow_file(text: str) -> str:
    """The name of a workflow's file, without a folder: the forge reads those of ``.github/workflows`` alone."""
    if not _WORKFLOW_FILE.fullmatch(text):
        raise ValueError(
            "is no workflow file's name, such as 'release.yml': no folder, and .yml or .yaml at its end"
        )
    return text


def address(text: str) -> str:
    """An index's URL: https, or http on the loopback interface, without a user name or password; "" for none."""
    if text == "":
        return text
    plain(text)
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is no URL") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if not host or parts.scheme not in {"http", "https"}:
        raise ValueError("must be an https:// URL")
    if parts.query or parts.fragment or " " in text:
        raise ValueError("must be a URL without query, fragment and blanks")
    if parts.scheme == "http" and not _loopback(host):
        raise ValueError("must be an https:// URL; http is for the loopback interface only")
    return text


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
