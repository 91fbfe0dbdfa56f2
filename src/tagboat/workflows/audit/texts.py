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
from tagboat.workflows.expressions import parse
from tagboat.workflows.model import Job, Matrix, Text, Workflow

_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DIGEST: Final = re.compile(r"docker://[^@]+@sha256:[0-9a-f]{64}")
_STRANGERS: Final = re.compile(
    r"github\.(?:event\b(?!\.(?:number|action)\b|_name|_path)|head_ref\b|ref_name\b|ref\b|base_ref\b|actor\b)|\binputs\s*[.\[]"
    r"|github\.triggering_actor\b",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(r"\b(?:needs|steps|env)\s*[.\[]", re.IGNORECASE)
_MATRIX: Final = re.compile(r"\bmatrix\s*[.\[]", re.IGNORECASE)
_ANSWERS: Final = re.compile(
    r"\b(?:startsWith|endsWith|contains)\s*\([^()]{0,300}\)|[\w.*-]{1,200}\s*[!=]=\s*(?:'[^']{0,200}'|[\w.-]{1,200})",
    re.IGNORECASE,
)
"""What comes to true or false, whatever text it looks at."""
_NUMBERS: Final = re.compile(r"github\.event\.(?:pull_request|issue|inputs)?\.?number\b", re.IGNORECASE)


def misspelt(view: View) -> Iterator[Flaw]:
    """A step's expression is none, so the forge refuses the whole file, as it does when it starts the release."""
    for workflow, job in view.each_job():
        for step in job.steps:
            said = [step.name, step.run, step.working_directory, *step.inputs.values(), *step.env.values()]
            for text, whole in [*((text, False) for text in said), (step.condition, True)]:
                try:
                    _parsed(text, whole=whole)
                except ConfigError as error:
                    yield Flaw(
                        "workflow-unreadable",
                        Verdict.FAIL,
                        workflow.file,
                        text.line,
                        error.cause,
                        error.remedy,
                    )


def _parsed(text: Text, *, whole: bool) -> None:
    """Parse the expressions of a text; ``whole`` is one even without braces.

    Raises:
        ConfigError: one is none.
    """
    for part, inside in split(text) if "${{" in text else [(text, whole)]:
        if inside and (part.strip() or "${{" in text):
            parse(part)


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
            yield from _in_script(view, workflow, job, script)


def _in_script(view: View, workflow: Workflow, job: Job, script: Text) -> Iterator[Flaw]:
    if "${{" not in script:
        return
    try:
        expressions = [part.strip() for part, inside in split(script) if inside]
    except ConfigError:
        return
    texts = {one: _ANSWERS.sub("", _NUMBERS.sub("", one)) for one in expressions}
    open_ = job.matrix is not None and _is_open(job.matrix)
    strange = [one for one, left in texts.items() if _STRANGERS.search(left)]
    others = [
        one
        for one, left in texts.items()
        if one not in strange and (_OTHERS.search(left) or (open_ and _MATRIX.search(left)))
    ]
    for found, verdict in ((strange, view.grave(workflow)), (others, Verdict.WARN)):
        if found:
            names = " and ".join(found)[:160]
            yield Flaw(
                "script-injection",
                verdict,
                workflow.file,
                script.line,
                f"a script of job {job.id} holds {names}: whoever chooses that text chooses commands",
                'give it to the step by env, and say "$NAME" in the script',
            )


def _is_open(matrix: Matrix) -> bool:
    """Whether a matrix takes values from elsewhere: what stands in the file is as trusted as the script itself."""
    return "${{" in repr((str(matrix.expression), dict(matrix.axes), matrix.include))
