"""The upload endpoint of PyPI: its order of checks, and what it keeps.

Order as observed: index open, identity, protocol version, metadata, declarations, file present, project, permission,
description, file name, sizes, digests, duplicate, name once used, age of the release, one sdist, archive, agreement of
the names, platform tags, attestations.
"""

from __future__ import annotations

import asyncio
import json
from typing import Final

from aiohttp import web
from packaging.metadata import Metadata

from tagboat.sandbox.frame import FRAME, Exchange, exchange_of, operation
from tagboat.sandbox.index import archives, filenames, rules
from tagboat.sandbox.index.form import Content, Form, read_form
from tagboat.sandbox.index.identity import check_permission, identify
from tagboat.sandbox.index.metadata import as_plain, check_declarations, checked_metadata
from tagboat.sandbox.index.publishers import Publishers
from tagboat.sandbox.index.refusals import bad, refusal
from tagboat.sandbox.index.store import File, Store, Token
from tagboat.sandbox.journal import Result

_GONE: Final = {
    "submit": "Project pre-registration is no longer required or supported, upload your files instead.",
    "submit_pkg_info": "Project pre-registration is no longer required or supported, upload your files instead.",
    "doc_upload": "Uploading documentation is no longer supported.",
}


class Uploads:
    """The handlers of ``/legacy/`` for one instance."""

    def __init__(self, store: Store, publishers: Publishers, root: str) -> None:
        self._store = store
        self._publishers = publishers
        self._help = f"{root}/help/"

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers go."""
        return [web.post("/legacy/", self.upload), web.post("/legacy", self.without_slash)]

    async def without_slash(self, _: web.Request) -> web.StreamResponse:
        """308: the address lacks its slash."""
        reason = "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)"
        raise web.HTTPPermanentRedirect("/legacy/", reason=reason, text=reason + "\n")

    @operation("upload", upload=True)
    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Take one file, or say why not."""
        exchange, form = exchange_of(request), Form()
        try:
            await read_form(request, exchange, self._store.state.blobs, form)
            action = form.one(":action")
            if action in _GONE:
                raise refusal(410, _GONE[action])
            if action != "file_upload":
                raise refusal(404, "Not Found")
            rules.check_open(self._store)
            authorization = request.headers.get("Authorization", "")
            token = identify(
                self._store, self._publishers, authorization, request.app[FRAME].token, self._help
            )
            await self._take(request, exchange, form, token)
        finally:
            form.discard()
        return web.Response()

    async def _take(self, request: web.Request, exchange: Exchange, form: Form, token: Token) -> None:
        if form.one("protocol_version") not in ("", "1"):
            raise bad("Unknown protocol version.")
        metadata = checked_metadata(form)
        check_declarations(form)
        content = form.content
        if content is None:
            raise bad("Upload payload does not have a file.")
        exchange.key = content.filename
        project = rules.check_project(self._store, metadata.name, token, self._help)
        check_permission(token, metadata.name, project, self._store.now(), self._help)
        await self._check_description(metadata)
        kind = form.one("filetype")
        filenames.check_name(content.filename, content.content_type, kind, self._help)
        rules.check_sizes(self._store, content, metadata.name, self._help)
        rules.check_digests(form, content)
        if rules.is_repeat(self._store, content, self._help):
            self._record(request, content, "identical")
            return
        candidate = rules.Candidate(content, kind, metadata, token)
        rules.check_release(self._store, candidate, self._help)
        metadata_bytes = await self._check_file(form, candidate)
        self._keep(request, candidate, metadata_bytes)

    async def _check_description(self, metadata: Metadata) -> None:
        """A description in reStructuredText that cannot be rendered is refused; other kinds always can."""
        content_type = metadata.description_content_type
        if not metadata.description or (content_type or "text/x-rst").split(";")[0].strip() != "text/x-rst":
            return
        from readme_renderer import rst  # noqa: PLC0415 - docutils takes a good part of a second to load

        if await asyncio.to_thread(rst.render, metadata.description) is None:
            kind = f"for {content_type!r}" if content_type else "in the default format of reStructuredText"
            raise bad(f"The description failed to render {kind}. See {self._help}#description-content-type")

    async def _check_file(self, form: Form, candidate: rules.Candidate) -> bytes | None:
        """Archive, names, tags, attestations, in this order; returns a wheel's METADATA."""
        metadata, filename = candidate.metadata, candidate.content.filename
        path = candidate.content.bytes.flush()
        found = await asyncio.to_thread(archives.problem, path, filename, metadata.license_files or [])
        if found is not None:
            raise bad(f"Invalid distribution file. {found}")
        filenames.check_agreement(filename, candidate.kind, metadata.name, metadata.version)
        if candidate.kind == "bdist_wheel":
            filenames.check_platforms(filename)
        if form.one("attestations"):
            why = "Attestations are only supported when using Trusted Publishing"
            if candidate.token.publisher is not None:
                why = "a sandbox has no transparency log to verify them with"
            raise bad(f"Invalid attestations supplied during upload: {why}")
        if candidate.kind == "sdist":
            return None
        return await asyncio.to_thread(archives.wheel_metadata, path, filename)

    def _keep(self, request: web.Request, candidate: rules.Candidate, metadata_bytes: bytes | None) -> None:
        """One transaction: project, release, file, name, journal; the bytes are on the disk before it."""
        store, content = self._store, candidate.content
        # Another upload may have come in while the archive was being read.
        if rules.is_repeat(store, content, self._help):
            self._record(request, content, "identical")
            return
        rules.check_release(store, candidate, self._help)
        metadata_sha256 = store.state.blobs.put(metadata_bytes) if metadata_bytes is not None else None
        content.bytes.keep()
        with store.state.transaction():
            seq = self._record(request, content, "created")
            store.add_file(
                File(
                    filename=content.filename,
                    project=candidate.project,
                    version=candidate.version,
                    sha256=content.bytes.sha256,
                    blake2_256=content.bytes.blake2_256,
                    md5=content.bytes.md5,
                    size=content.bytes.size,
                    kind=candidate.kind,
                    requires_python=_text(candidate.metadata.requires_python),
                    metadata_sha256=metadata_sha256,
                    uploaded=store.now(),
                    yanked=False,
                    yanked_reason="",
                ),
                owner=candidate.token.owner,
                metadata=as_plain(candidate.metadata),
                seq=seq,
            )
            if candidate.token.publisher is not None:
                origin = self._publishers.origin(candidate.token.publisher)
                store.write(
                    "INSERT INTO index_origins VALUES (?, ?, ?)", content.filename, json.dumps(origin)
                )

    def _record(self, request: web.Request, content: Content, result: Result) -> int:
        journal = request.app[FRAME].journal
        return journal.record(
            service=self._store.instance,
            operation="upload",
            key=content.filename,
            sha256=content.bytes.sha256,
            result=result,
        ).seq


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
