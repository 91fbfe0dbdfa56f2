"""Rules about what others can change: moved tags of actions, and texts that become commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.errors import ConfigError
from tagboat.workflows.audit.flaw import Flaw, View
from tagboat.workflows.audit.publishing import action_of
from tagboat.workflows.evaluation import split
from tagboat.workflows.model import Text, Workflow

_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DIGEST: Final = re.compile(r"docker://[^@]+@sha256:[0-9a-f]{64}")
_STRANGERS: Final = re.compile(
    r"github\.(?:event\b(?!\.(?:number|action)\b|_name|_path)|head_ref\b|ref_name\b|ref\b|base_ref\b|actor\b)|\binputs\s*[.\[]"
    r"|github\.triggering_actor\b",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(r"\b(?:needs|steps|matrix|env|vars)\s*[.\[]", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"github\.event\.(?:pull_request|issue|inputs)?\.?number\b", re.IGNORECASE)


def unpinned(view: View) -> Iterator[Flaw]:
    """An action or a called workflow is named by a tag or branch, which its owner, or a thief, can move."""
    for workflow, job in view.each_job():
        uses = [job.uses, *(step.uses for step in job.steps)]
        for name in (name for name in uses if name and not name.startswith("./")):
            _, _, at = name.rpartition("@")
            if _COMMIT.fullmatch(at) or _DIGEST.fullmatch(name):
                continue
            yield Flaw(
                "unpinned-action",
                view.grave(workflow),
                workflow.file,
                name.line,
                f"job {job.id} uses {name[:120]}, which can be moved to other code",
                "name a full commit, with the version in a comment, and let Dependabot or Renovate move it",
            )


def injected(view: View) -> Iterator[Flaw]:
    """A text from outside is written into a script, where it can become a command."""
    for workflow, job in view.each_job():
        for step in job.steps:
            script = (
                step.inputs.get("script", Text()) if action_of(step) == "actions/github-script" else step.run
            )
            yield from _in_script(view, workflow, f"job {job.id}", script)


def _in_script(view: View, workflow: Workflow, where: str, script: Text) -> Iterator[Flaw]:
    if "${{" not in script:
        return
    try:
        expressions = [part.strip() for part, inside in split(script) if inside]
    except ConfigError:
        return
    strange = [one for one in expressions if _STRANGERS.search(_NUMBERS.sub("", one))]
    others = [one for one in expressions if one not in strange and _OTHERS.search(one)]
    for found, verdict in ((strange, view.grave(workflow)), (others, Verdict.WARN)):
        if found:
            names = ", ".join(dict.fromkeys(found))[:160]
            yield Flaw(
                "script-injection",
                verdict,
                workflow.file,
                script.line,
                f"a script of {where} holds {names}: whoever chooses that text chooses commands",
                'give it to the step by env, and say "$NAME" in the script',
            )
