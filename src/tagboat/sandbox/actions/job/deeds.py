"""How a step is done that no further steps are inside of: a script by its shell, an action by its stand-in."""

from __future__ import annotations

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions import child
from tagboat.sandbox.actions.commands import Listener
from tagboat.sandbox.actions.expressions import fill, text
from tagboat.sandbox.actions.file_commands import FileCommands
from tagboat.sandbox.actions.job.state import Level
from tagboat.sandbox.actions.job.steps import filled, minutes, script_command
from tagboat.sandbox.actions.job.way import Doing, Way
from tagboat.sandbox.actions.stand_ins import STAND_INS
from tagboat.sandbox.actions.workflow.known_actions import action_of


async def script(way: Way, doing: Doing, level: Level) -> None:
    """Run a step's script, and take over what it said.

    Raises:
        StepFailedError: it could not be started, ended otherwise than with 0, or was ended.
    """
    step, rooms, log = doing.step, way.rooms, way.log
    source = text(fill(step.run or "", doing.scope))
    outer = step.shell if level.action else step.shell or way.order.defaults.shell
    shell = text(fill(outer, doing.scope)) if outer else None
    directory = step.directory or (None if level.action else way.order.defaults.directory)
    place = rooms.workspace / (text(fill(directory, doing.scope)) if directory else "")
    if not place.is_dir():
        raise StepFailedError(f"the working directory '{place}' does not exist")
    log.say(f"##[group]Run {source.strip().splitlines()[0] if source.strip() else ''}")
    for line in source.rstrip().splitlines():
        log.say(line)
    log.say(f"shell: {shell or 'bash -e {0}'}")
    log.say("##[endgroup]")
    files = FileCommands.made(rooms.files)
    listener = Listener(log, way.reporter.annotate)
    command = script_command(shell, source, rooms.temp)
    env = way.child_env(doing.env) | files.variables()
    if level.action:
        env["GITHUB_ACTION_PATH"] = str(level.action)
    try:
        ended = await child.run(
            way.machine.wrap(command), env=env, cwd=place, take=listener.take, stop=way.stop, hurry=way.forced,
            seconds=doing.seconds,
        )  # fmt: skip
    except OSError as problem:
        raise StepFailedError(f"{command[0]} could not be started: {problem}") from problem
    way.gather(doing, files, listener)
    if ended.stopped:
        raise StepFailedError("The operation was canceled.")
    if ended.late:
        limit = minutes(step.minutes, doing.scope)
        raise StepFailedError(
            f"The action '{step.name or source.splitlines()[0]}' has timed out after {limit:g} minutes."
        )
    if ended.status:
        raise StepFailedError(f"Process completed with exit code {ended.status}.")


async def stand_in(way: Way, doing: Doing) -> None:
    """Let the stand-in for an action act, and take over what it leaves.

    Raises:
        StepFailedError: it failed.
    """
    name, version = action_of(doing.step.uses or "")
    inputs = {key.lower(): value for key, value in filled(doing.step.given, doing.scope).items()}
    way.log.say(f"Tagboat's stand-in for {name} (the workflow asks for {version})")
    for key, value in inputs.items():
        way.log.say(f"  {key}: {value}")
    visit = way.visit(name, inputs, doing.env, doing.seconds)
    try:
        await STAND_INS[name.lower()](visit)
    finally:
        doing.outputs.update(visit.outputs)
    way.env |= visit.exports
    way.paths = [*reversed(visit.paths), *way.paths]
    way.after += [(name, each, doing.env) for each in visit.after]
