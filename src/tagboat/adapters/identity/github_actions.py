"""The identity of a job of GitHub Actions: a token from the runner's own service, a fresh one for each request.

Source: GitHub's documentation of OpenID Connect in Actions. Our own client asks, so that proxies, private certificates,
bounds and retries are those of every other request, and an answer that may hold a token is never shown
(docs/decisions/0023-identity-without-a-library.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from tagboat.adapters.http import HTTP, Answer, Credentials
from tagboat.core.text import plain
from tagboat.errors import DeniedError, UnavailableError
from tagboat.ports.identity import Absence, IdentityToken

URL: Final = "ACTIONS_ID_TOKEN_REQUEST_URL"
SECRET: Final = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - a variable's name
_LARGEST_ANSWER: Final = 256 << 10
_LARGEST_EVENT: Final = 32 << 20
_SERVICE: Final = "GitHub's token service"


class GitHubActions:
    """The job's identity.

    Args:
        http: the client.
        environment: the job's variables.
    """

    name = "GitHub Actions"

    def __init__(self, http: HTTP, environment: Mapping[str, str]) -> None:
        self._http = http
        self._environment = environment

    @staticmethod
    def here(environment: Mapping[str, str]) -> bool:
        """Tell whether these are the variables of such a job."""
        return bool(environment.get("GITHUB_ACTIONS"))

    def absence(self) -> Absence | None:
        """Return why the runner offers this job no identity, if it does not."""
        if self._environment.get(URL) and self._environment.get(SECRET):
            return None
        if self._from_a_fork():
            return Absence(
                "this job of GitHub Actions runs for a pull request from a fork, which gets no identity",
                "publish from a run of the repository's own branch or tag",
            )
        return Absence(
            f"this job of GitHub Actions gets no identity: it lacks the permission id-token: write ({URL} is not set)",
            "give the job, and a workflow that calls it, 'permissions: id-token: write'",
        )

    def token(self, audience: str) -> IdentityToken | Absence:
        """Ask the runner's service for a token; an answer of its failure is asked for again, a bounded number of times.

        Raises:
            UnavailableError: it did not answer usefully.
            DeniedError: it refused this job.
        """
        absence = self.absence()
        if absence is not None:
            return absence
        answer = self._http.read(
            _for_audience(self._environment[URL], audience),
            headers={"Accept": "application/json"},
            credentials=Credentials.bearer(self._environment[SECRET]),
            limit=_LARGEST_ANSWER,
        )
        if answer.status in (401, 403):
            raise DeniedError(
                f"{_SERVICE} refused this job an identity ({answer.status})",
                remedy="its right to ask may have ended with time: re-run the job, which has 'id-token: write'",
            )
        return _read(answer, audience)

    def _from_a_fork(self) -> bool:
        """Tell whether the event's own description says so: GitHub then withholds the permission silently."""
        if not self._environment.get("GITHUB_EVENT_NAME", "").startswith("pull_request"):
            return False
        try:
            path = Path(self._environment.get("GITHUB_EVENT_PATH", ""))
            with path.open("rb") as file:
                event = json.loads(file.read(_LARGEST_EVENT))
            head = event["pull_request"]["head"]["repo"]
            return head is None or str(head["full_name"]) != self._environment.get("GITHUB_REPOSITORY")
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return False


def _for_audience(url: str, audience: str) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, f"audience={quote(audience, safe='')}") if part)
    return urlunsplit(parts._replace(query=query, fragment=""))


def _read(answer: Answer, audience: str) -> IdentityToken:
    try:
        if not answer.good:
            raise ValueError(f"status {answer.status}")
        data = json.loads(answer.body)
        return IdentityToken.read(data["value"], audience)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        # The text of an answer may hold the token, so only our own words about it are shown.
        said = str(problem) if type(problem) is ValueError else "it holds no token"
        raise UnavailableError(
            f"{_SERVICE} gave no usable identity: {plain(said, limit=300)}",
            remedy="start again; if it stays so, is a proxy in between?",
        ) from None
