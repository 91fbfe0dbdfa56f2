"""Where the packages of a rehearsal come from that are not under release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tagboat.config.model import Config
from tagboat.errors import RefusedError
from tagboat.wiring.credentials import lasting_credential
from tagboat.wiring.places import public_places

if TYPE_CHECKING:
    from tagboat.sandbox.sources import Sources
    from tagboat.wiring.rehearsal import Rehearsal


def private_source(config: Config, tags: Sequence[str]) -> tuple[str, ...]:
    """Return name and URL of the private index that the chosen components' dependencies come from; empty for none.

    Raises:
        RefusedError: they come from several indexes, and a rehearsal has one way out.
    """
    from tagboat.config.privacy import dependency_index, is_private  # noqa: PLC0415 - after --help
    from tagboat.config.selection import select  # noqa: PLC0415

    chosen = [each.component for each in select(config, tags)]
    indexes = [dependency_index(config, component) for component in chosen if is_private(config, component)]
    if not indexes:
        return ()
    if len(indexes) < len(chosen) or len(set(indexes)) > 1:
        raise RefusedError(
            "these components have their dependencies from different indexes, a private one among them",
            remedy="rehearse them one at a time: --component NAME",
        )
    return indexes[0].name, indexes[0].simple


def relay_sources(rehearsal: Rehearsal) -> Sources:
    """Return where packages that are not under release come from: for a private project its own index alone."""
    from tagboat.adapters.addresses import PUBLIC  # noqa: PLC0415
    from tagboat.sandbox.sources import Sources, machine_sources  # noqa: PLC0415

    machine = machine_sources(PUBLIC.indexes["pypi"].simple)
    if not rehearsal.index:
        return machine
    name, url = rehearsal.index
    login = lasting_credential(public_places(), name, url)
    authorization = login.header if login else ""
    return Sources((url,), certificate=machine.certificate, authorization=authorization)
