"""Who uploads, and whether they may: tokens as PyPI's, by Basic, Bearer or Token."""

from __future__ import annotations

import base64
import hmac
from typing import Final

from packaging.utils import canonicalize_name

from tagboat.sandbox.index.publishers import Publishers
from tagboat.sandbox.index.refusals import denied
from tagboat.sandbox.index.store import Project, Store, Token

OWNER: Final = "sandbox"
"""The account of the sandbox's own token."""


def identify(store: Store, publishers: Publishers, authorization: str, own_token: str, help_: str) -> Token:
    """The token of an Authorization header.

    Raises:
        web.HTTPForbidden: There is none, it is a password, or it does not exist. (PyPI answers 403, never 401.)
    """
    scheme, _, value = authorization.strip().partition(" ")
    user, token = "__token__", value.strip()
    if scheme.lower() == "basic":
        try:
            user, _, token = base64.b64decode(token, validate=True).decode().partition(":")
        except ValueError:
            token = ""
    elif scheme.lower() not in ("bearer", "token"):
        token = ""
    if token and user != "__token__":
        raise denied(
            "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers"
            f" instead. See {help_}#apitoken and {help_}#trusted-publishers"
        )
    if hmac.compare_digest(token.encode(), own_token.encode()):
        return Token(OWNER, None, None)
    found = store.token(token) or publishers.token(token)
    if found is None:
        raise denied(
            f"Invalid or non-existent authentication information. See {help_}#invalid-auth for more information."
        )
    return found


def check_permission(token: Token, name: str, project: Project | None, now: float, help_: str) -> None:
    """Whether this token may upload to the project (None: one that the upload will create).

    An archived project lets nobody, one in quarantine people alone; the words do not tell it from somebody else's.

    Raises:
        web.HTTPForbidden: Expired, scoped to other projects, or a project that does not let it.
    """
    if token.expires is not None and token.expires <= now:
        raise denied("Invalid API Token: token is expired")
    if token.publisher is not None:
        if canonicalize_name(name) not in (token.projects or ()):
            raise denied(f"Invalid API Token: OIDC scoped token is not valid for project {name!r}")
        if project is not None and project.status in ("archived", "quarantined"):
            raise denied(
                f"The given token isn't allowed to upload to project {project.display!r}."
                f" See {help_}#project-name for more information."
            )
        return
    if token.projects is not None and canonicalize_name(name) not in token.projects:
        raise denied(f"Invalid API Token: project-scoped token is not valid for project: {name!r}")
    strange = project is not None and OWNER not in (project.owner, token.owner)
    if project is not None and (project.status == "archived" or (strange and project.owner != token.owner)):
        raise denied(
            f"The user {token.owner!r} isn't allowed to upload to project {project.display!r}."
            f" See {help_}#project-name for more information."
        )
