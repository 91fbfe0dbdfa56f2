"""A rehearsal's trial of Trusted Publishers: the sandbox's index is told of one, and a job like the real one asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tagboat.adapters.addresses import IndexAddress
from tagboat.config.model import Config
from tagboat.core.publisher import Publisher
from tagboat.errors import DeniedError, StepFailedError
from tagboat.ports.identity import Absence, IdentityToken
from tagboat.ports.trial import PublishingJob
from tagboat.wiring.places import Places

if TYPE_CHECKING:
    from tagboat.adapters.http import HTTP
    from tagboat.sandbox.addresses import Addresses

PROJECT: Final = "publisher-trial"
"""A project of the sandbox's index that exists for the trial alone: what is under release is left as it is."""


def trial_in(addresses: Addresses, places: Places, http: HTTP, config: Config) -> SandboxTrial:
    """Return the trial in a sandbox, for the indexes of a configuration."""
    played = {target.name: "testpypi" if target.staging else "pypi" for target in config.indexes}
    return SandboxTrial(
        http, addresses, {target.name: places.index(target) for target in config.indexes}, played
    )


class SandboxTrial:
    """Tries publishers against a running sandbox.

    Args:
        http: the client of the product, whose exchange is what is tried.
        addresses: the running sandbox.
        indexes: index by name → where the sandbox plays it, for every index of the configuration.
        played: index by name → ``pypi`` or ``testpypi``.
    """

    def __init__(
        self,
        http: HTTP,
        addresses: Addresses,
        indexes: Mapping[str, IndexAddress],
        played: Mapping[str, str],
    ) -> None:
        self._http = http
        self._addresses = addresses
        self._indexes = indexes
        self._played = played

    def refusal(self, index: str, publisher: Publisher, job: PublishingJob) -> str:
        """See :class:`~tagboat.ports.trial.PublisherTrial`."""
        from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing  # noqa: PLC0415 - a rehearsal's own
        from tagboat.sandbox import trust  # noqa: PLC0415

        order = trust.PublisherOrder(
            f"{publisher.owner}/{publisher.repository}", publisher.workflow, publisher.environment
        )
        number = trust.add_publisher(self._addresses, self._played[index], PROJECT, order, create=True)
        exchange = TrustedPublishing(
            self._http,
            index=index,
            upload_url=self._indexes[index].upload,
            identity=_JobIdentity(self._addresses, job),
            expected=publisher,
        )
        try:
            lent = exchange.credentials()
        except (DeniedError, StepFailedError) as refused:
            return refused.cause
        finally:
            exchange.burn()
            trust.remove_publisher(self._addresses, self._played[index], number)
        return lent.reason if isinstance(lent, Absence) else ""


class _JobIdentity:
    """The identity that the sandbox's provider gives to a job of the workflow."""

    name = "the rehearsal"

    def __init__(self, addresses: Addresses, job: PublishingJob) -> None:
        self._addresses = addresses
        self._job = job

    def absence(self) -> Absence | None:
        if self._job.identity:
            return None
        return Absence("the job gets no identity", "give it 'id-token: write' under permissions")

    def token(self, audience: str) -> IdentityToken | Absence:
        from tagboat.sandbox import trust  # noqa: PLC0415 - a rehearsal's own

        job = self._job
        called = f"{job.repository}/{job.called}@{job.ref}" if job.called else ""
        told = trust.GitHubJob(
            job.repository, job.commit, job.ref, job.workflow, job.environment, job.event, called
        )
        return IdentityToken.read(trust.issue_token(self._addresses, told, audience), audience)
