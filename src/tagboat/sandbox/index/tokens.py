"""Whether an identity token is genuine: RS256, a key of its issuer, one audience, and times that hold.

Observed behaviour of PyPI: ``iss``, ``iat``, ``exp`` and ``aud`` are required, ``aud`` is a single text, thirty seconds of
leeway. The times are held against the index's own clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tagboat.sandbox.index.keysets import Keysets

LEEWAY_SECONDS: Final = 30
_REQUIRED: Final = ["iss", "iat", "exp", "aud"]


def unverified_issuer(token: str) -> str | None:
    """What a token says of its issuer; None when it is no token.

    Only to choose the keys: nothing else of an unverified token is looked at.
    """
    import jwt  # noqa: PLC0415 - part of the sandbox extra

    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) else None


async def verified_claims(
    token: str, *, issuer: str, audience: str, keysets: Keysets, now: Callable[[], float]
) -> dict[str, Any] | None:
    """The claims of a genuine token for this audience, or None."""
    import jwt  # noqa: PLC0415

    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = await keysets.key(issuer, kid) if isinstance(kid, str) else None
        if key is None:
            return None
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            # The library knows the machine's clock alone; times follow below.
            options={
                "require": _REQUIRED,
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return claims if _in_time(claims, now()) else None


def _in_time(claims: dict[str, Any], now: float) -> bool:
    times = [claims["iat"], claims["exp"], claims.get("nbf", claims["iat"])]
    if not all(isinstance(time, int | float) and not isinstance(time, bool) for time in times):
        return False
    begun, ended, before = (float(time) for time in times)
    return begun <= now + LEEWAY_SECONDS and before <= now + LEEWAY_SECONDS and ended > now - LEEWAY_SECONDS
