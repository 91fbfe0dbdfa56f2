"""The forge as one object: where its repositories are, what it remembers, and how it accounts for writes."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tagboat.sandbox.forge.access import Access, digest
from tagboat.sandbox.forge.catalogue import Catalogue
from tagboat.sandbox.forge.git.child import Git, create_bare
from tagboat.sandbox.forge.model import Account, Repository, Token, now
from tagboat.sandbox.forge.rates import Rates
from tagboat.sandbox.forge.records import Records
from tagboat.sandbox.forge.references import References
from tagboat.sandbox.frame import Frame
from tagboat.sandbox.journal import Entry, Result

OWNER: Final = "tagboat"
"""The account behind the sandbox's own token; it may do everything everywhere."""


class Forge:
    """Everything that the routes share; it lives as long as the sandbox."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.records = Records(frame.state)
        self.access = Access(self.records)
        self.catalogue = Catalogue(self.records)
        self.references = References(self.records, frame.journal)
        self.rates = Rates()
        self.incoming: set[tuple[int, str]] = set()
        self._root = frame.state.directory / "forge"
        self.account(OWNER, all_rights=True)
        self._know_token(frame.token)
        for repository in self.records.all(Repository):
            self.references.reconcile(repository, self.git(repository))

    def git(self, repository: Repository) -> Git:
        """The bare repository; it is kept under its number, so no name can lead elsewhere."""
        return create_bare(self._root / f"{repository.id}.git", branch=repository.default_branch)

    def account(self, login: str, *, kind: str = "User", all_rights: bool = False) -> Account:
        """The account of this name, made when it is missing."""
        found = self.records.matching(Account, login=login)
        return found or self.records.add(
            Account, login=login, kind=kind, all_rights=all_rights, created=now()
        )

    def numbers(self, full_name: str) -> tuple[str, str]:
        """The numbers of ``OWNER/NAME``'s owner and of the repository, "0" for one that is not here."""
        owner, _, name = full_name.partition("/")
        found = self.records.matching(Repository, owner=owner, name=name)
        return str(self.account(owner).id), str(found.id if found else 0)

    def owner_of(self, repository: Repository) -> Account:
        """The account that a repository stands under."""
        return self.account(repository.owner)

    def add_repository(
        self,
        owner: str,
        name: str,
        *,
        private: bool = False,
        branch: str = "main",
        description: str | None = None,
    ) -> Repository:
        """A new, empty repository."""
        moment = now()
        repository = self.records.add(
            Repository,
            owner=self.account(owner).login,
            name=name,
            private=private,
            default_branch=branch,
            description=description,
            immutable_releases=False,
            latest_release=None,
            created=moment,
            updated=moment,
            pushed=moment,
        )
        self.git(repository)
        return repository

    def accept(
        self, operation: str, key: str, *, sha256: str | None = None, result: Result = "created"
    ) -> Entry:
        """Journal an accepted write; inside a transaction it commits together with it."""
        return self.frame.journal.record(
            service="forge", operation=operation, key=key, sha256=sha256, result=result
        )

    def _know_token(self, secret: str) -> None:
        if self.records.get(Token, digest=digest(secret)) is None:
            self.records.add(
                Token, digest=digest(secret), login=OWNER, kind="classic", permissions=None, repositories=None
            )


FORGE: Final = web.AppKey("forge", Forge)
