"""Rate limits as GitHub counts and announces them; by default they are announced, not enforced.

GitHub gives 5,000 requests an hour to a token and 60 to an address without one. A rehearsal or a crash test makes more
than that in a minute, so only a limit that was set by the control interface refuses.
"""

from __future__ import annotations

import time

from tagboat.sandbox.forge.access import Caller
from tagboat.sandbox.forge.refusals import Refusal

HOUR = 3600


class Rates:
    """Counts requests of each caller within the running hour."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self._used: dict[str, int] = {}
        self._reset = int(time.time()) + HOUR

    def count(self, caller: Caller) -> dict[str, str]:
        """The headers for an answer to one more request.

        Raises:
            Refusal: 403, a limit was set and is used up.
        """
        if time.time() >= self._reset:
            self._used.clear()
            self._reset = int(time.time()) + HOUR
        self._used[caller.login] = self._used.get(caller.login, 0) + 1
        headers = self.headers(caller)
        if self.limit is not None and self._used[caller.login] > self.limit:
            raise Refusal(
                403, f"API rate limit exceeded for user {caller.login or 'anonymous'}.", headers=headers
            )
        return headers

    def uncount(self, caller: Caller) -> None:
        """Take one request back: an answer 304 is free."""
        self._used[caller.login] = max(0, self._used.get(caller.login, 0) - 1)

    def headers(self, caller: Caller) -> dict[str, str]:
        """How much is left."""
        figures = self.figures(caller)
        return {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in figures.items()} | {
            "X-RateLimit-Resource": "core"
        }

    def figures(self, caller: Caller) -> dict[str, int]:
        """The schema ``rate-limit``."""
        limit = self.limit if self.limit is not None else (5000 if caller.account else 60)
        used = min(self._used.get(caller.login, 0), limit if self.limit is not None else limit - 1)
        return {"limit": limit, "remaining": limit - used, "reset": self._reset, "used": used}
