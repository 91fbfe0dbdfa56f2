"""What GitHub and older servers answer to a dispatch (documentation of "Create a workflow dispatch event")."""

from __future__ import annotations

import json

import pytest

from tagboat.adapters.forges.github import GitHub
from tagboat.errors import AnswerLostError, DeniedError, StepFailedError
from tagboat.testing.scripted_server import Script, ScriptedServer, answer, json_answer

UNKNOWN = json_answer(
    '{"message": "Invalid request.\\n\\n\\"return_run_details\\" is not a permitted key."}',
    status="422 Unprocessable Entity",
)
NOTHING = answer(b"", status="204 No Content")


@pytest.mark.parametrize(
    ("answers", "number"),
    [
        ([json_answer('{"workflow_run_id": 7, "run_url": "u", "html_url": "h"}')], 7),
        ([NOTHING], 0),
        ([UNKNOWN, NOTHING], 0),
    ],
)
def test_the_run_s_number_is_told_where_the_server_knows_it(
    server: ScriptedServer, github: GitHub, answers: list[Script], number: int
) -> None:
    server.play(*answers)
    assert github.dispatch("release.yml", "v1", {"tag": "v1"}) == number
    sent = [json.loads(received.body) for received in server.received]
    assert sent[0] == {"ref": "v1", "inputs": {"tag": "v1"}, "return_run_details": True}
    assert sent[1:] == [{"ref": "v1", "inputs": {"tag": "v1"}}] * (len(answers) - 1)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        ("404 Not Found", "Not Found", DeniedError),
        ("403 Forbidden", "Resource not accessible by personal access token", DeniedError),
        ("422 Unprocessable Entity", "Workflow does not have 'workflow_dispatch' trigger", StepFailedError),
        ("422 Unprocessable Entity", 'Unexpected inputs provided: ["tag"]', StepFailedError),
        ("502 Bad Gateway", "", AnswerLostError),
        ("200 OK", "no number", AnswerLostError),
    ],
)
def test_every_other_answer_is_told_and_nothing_is_sent_twice(
    server: ScriptedServer, github: GitHub, status: str, message: str, kind: type[Exception]
) -> None:
    server.play(json_answer(json.dumps({"message": message}), status=status))
    with pytest.raises(kind):
        github.dispatch("release.yml", "v1", {})
    assert len(server.received) == 1
