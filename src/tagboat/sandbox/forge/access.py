"""Who asks, and what they may do: accounts, tokens and their permissions, decided as GitHub decides."""

from __future__ import annotations

import base64
import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass

from tagboat.sandbox.forge.model import Account, Grant, Repository, Token
from tagboat.sandbox.forge.records import Records
from tagboat.sandbox.forge.refusals import Refusal, not_found, not_permitted, unauthenticated

LEVELS = ("none", "read", "write", "admin")
"""What an account or a token may do, weakest first."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request; without an account, anybody."""

    account: Account | None = None
    token: Token | None = None

    @property
    def login(self) -> str:
        """The account's name, empty for anybody."""
        return self.account.login if self.account else ""

    @property
    def kind(self) -> str:
        """The kind of the token."""
        return self.token.kind if self.token else "anonymous"


acting: ContextVar[Caller | None] = ContextVar("acting", default=None)
"""Who sent the request that is under way."""


class Access:
    """Answers questions about rights."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def caller(self, authorization: str) -> Caller:
        """Who an ``Authorization`` header (Bearer, token, or Basic with the token as either part) stands for.

        Raises:
            Refusal: 401, the credential is not known.
        """
        secrets = _secrets(authorization)
        if secrets is None:
            return Caller()
        for secret in secrets:
            token = self._records.get(Token, digest=digest(secret)) if secret else None
            account = self._records.get(Account, login=token.login) if token else None
            if account:
                return Caller(account, token)
        raise Refusal(401, "Bad credentials")

    def level(self, caller: Caller, repository: Repository, permission: str = "contents") -> str:
        """The highest level of a permission that the caller has in a repository."""
        rights = self._rights(caller, repository)
        allowed = _token_allows(caller.token, repository, permission)
        if caller.kind == "installation":
            rights = "admin" if allowed != "none" or _reaches(caller.token, repository) else "none"
        public = "none" if repository.private else "read"
        return _higher(_lower(rights, allowed), public)

    def sees(self, caller: Caller, repository: Repository) -> bool:
        """Whether the repository exists as far as the caller can tell."""
        if not repository.private:
            return True
        rights = "admin" if caller.kind == "installation" else self._rights(caller, repository)
        return rights != "none" and _reaches(caller.token, repository)

    def allows(self, caller: Caller, repository: Repository, permission: str, level: str) -> bool:
        """Whether the caller has at least this level."""
        return LEVELS.index(self.level(caller, repository, permission)) >= LEVELS.index(level)

    def require(self, caller: Caller, repository: Repository, permission: str, level: str) -> None:
        """Let the caller pass, or not.

        Raises:
            Refusal: 404 for what the caller must not know of, and for a person without the right (so GitHub hides
                it); 401 without a credential; 403 for a token whose permissions do not suffice.
        """
        if not self.sees(caller, repository):
            raise not_found()
        if self.allows(caller, repository, permission, level):
            return
        if caller.account is None:
            raise unauthenticated()
        if caller.kind == "classic":
            raise not_found()
        raise not_permitted(caller.kind, permission, level)

    def _rights(self, caller: Caller, repository: Repository) -> str:
        if caller.account is None:
            return "none"
        if caller.account.all_rights or caller.login == repository.owner:
            return "admin"
        grant = self._records.get(Grant, repository_id=repository.id, login=caller.login)
        return grant.level if grant else ("none" if repository.private else "read")


def digest(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _secrets(authorization: str) -> list[str] | None:
    scheme, _, value = authorization.partition(" ")
    if not authorization:
        return None
    if scheme.lower() != "basic":
        return [value.strip()]
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return []
    return [password, user]


def _reaches(token: Token | None, repository: Repository) -> bool:
    if token is None or token.repositories is None:
        return True
    return repository.full_name in json.loads(token.repositories)


def _token_allows(token: Token | None, repository: Repository, permission: str) -> str:
    if not _reaches(token, repository):
        return "none"
    if token is None or token.permissions is None:
        return "admin"
    granted = json.loads(token.permissions)
    if permission == "metadata" and granted:
        return "read"  # every other permission brings it along
    return str(granted.get(permission, "none"))


def _lower(one: str, other: str) -> str:
    return min(one, other, key=LEVELS.index)


def _higher(one: str, other: str) -> str:
    return max(one, other, key=LEVELS.index)
