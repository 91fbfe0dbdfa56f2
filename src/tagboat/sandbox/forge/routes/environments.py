"""Environments, and the decisions about runs that wait for them."""

from __future__ import annotations

import json
from itertools import groupby

from tagboat.sandbox.actions.gates import Gate, reviewers
from tagboat.sandbox.actions.model import Environment, RefPolicy, Review
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.fields import Fields
from tagboat.sandbox.forge.model import Account, Repository, Run, now
from tagboat.sandbox.forge.refusals import Refusal, invalid, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.routes.actions import RUN, run_of
from tagboat.sandbox.forge.routes.executions import actions_of
from tagboat.sandbox.forge.shapes import environments as shapes
from tagboat.sandbox.forge.shapes.links import Json

_ENVIRONMENTS = f"{REPOSITORY}/environments"
_ONE = f"{_ENVIRONMENTS}/{{environment}}"
_POLICIES = f"{_ONE}/deployment-branch-policies"


@endpoint("list-environments")
def list_environments(call: Call) -> Answer:
    """All environments."""
    repository = call.repository("actions")
    found = call.forge.records.all(Environment, repository_id=repository.id)
    shown = [_shown(call, repository, each) for each in call.page(found)]
    return Answer({"total_count": len(found), "environments": shown})


@endpoint("get-environment")
def get_environment(call: Call) -> Answer:
    """One environment with its protection."""
    repository = call.repository("actions")
    return Answer(_shown(call, repository, _environment(call, repository)))


@endpoint("put-environment")
def put_environment(call: Call) -> Answer:
    """An environment with exactly this protection; what is not said is taken away, as on GitHub."""
    repository, body, records = call.repository("administration", "write"), call.body, call.forge.records
    minutes = body.number("wait_timer")
    if not 0 <= minutes <= 43_200:
        raise invalid("Environment", "wait_timer", "invalid")
    told: dict[str, str | int | bool] = {
        "wait_minutes": minutes,
        "reviewers_json": json.dumps([_reviewer(call, each) for each in body.objects("reviewers")]),
        "no_self_review": body.flag("prevent_self_review"),
        "policy": _policy(body),
        "updated": now(),
    }
    with records.together():
        found = _maybe(call, repository)
        if found:
            found = records.change(found, **told)
        else:
            name = call.path("environment")
            found = records.add(Environment, repository_id=repository.id, name=name, created=now(), **told)
        call.forge.accept("put-environment", f"{repository.full_name}/environments/{found.name}")
    return Answer(_shown(call, repository, found))


@endpoint("delete-environment")
def delete_environment(call: Call) -> Answer:
    """Forget an environment."""
    repository = call.repository("administration", "write")
    found = _environment(call, repository)
    with call.forge.records.together():
        for policy in call.forge.records.all(RefPolicy, environment_id=found.id):
            call.forge.records.remove(policy)
        call.forge.records.remove(found)
        key = f"{repository.full_name}/environments/{found.name}"
        call.forge.accept("delete-environment", key, result="updated")
    return Answer(status=204)


@endpoint("list-ref-policies")
def list_policies(call: Call) -> Answer:
    """The patterns of branches and tags that may deploy."""
    environment = _environment(call, call.repository("actions"))
    found = call.forge.records.all(RefPolicy, environment_id=environment.id)
    return Answer({"total_count": len(found), "branch_policies": [shapes.policy(each) for each in found]})


@endpoint("create-ref-policy")
def create_policy(call: Call) -> Answer:
    """One more pattern."""
    environment = _environment(call, call.repository("administration", "write"))
    if environment.policy != "custom":
        raise not_found()
    kind = call.body.maybe_text("type") or "branch"
    if kind not in ("branch", "tag"):
        raise invalid("DeploymentBranchPolicy", "type", "invalid")
    name = call.body.text("name")
    same = call.forge.records.get(RefPolicy, environment_id=environment.id, name=name, kind=kind)
    if same:
        raise Refusal(303, "See Other")
    made = call.forge.records.add(RefPolicy, environment_id=environment.id, name=name, kind=kind)
    return Answer(shapes.policy(made))


@endpoint("delete-ref-policy")
def delete_policy(call: Call) -> Answer:
    """One pattern less."""
    environment = _environment(call, call.repository("administration", "write"))
    found = call.forge.records.get(RefPolicy, id=call.number("policy"), environment_id=environment.id)
    if found is None:
        raise not_found()
    call.forge.records.remove(found)
    return Answer(status=204)


@endpoint("list-pending-deployments")
def list_pending(call: Call) -> Answer:
    """The environments that jobs of a run wait for."""
    repository = call.repository("actions")
    gates = _gates(call, run_of(call, repository))
    return Answer([_waiting(call, repository, gate) for gate in gates.values()])


@endpoint("review-deployments")
def review(call: Call) -> Answer:
    """Approve or reject environments; every job of the run that waits for one goes on, or fails."""
    repository = call.repository("deployments", "write")
    run, state = run_of(call, repository), call.body.text("state")
    comment = call.body.maybe_text("comment") or ""
    wanted = call.body.raw("environment_ids")
    if state not in ("approved", "rejected"):
        raise invalid("WorkflowRun", "state", "invalid")
    gates = _gates(call, run)
    if not isinstance(wanted, list) or not wanted or any(number not in gates for number in wanted):
        raise Refusal(422, "Environment IDs are invalid, or no job of this run waits for them")
    for number in wanted:
        if not _may_review(call, run, gates[number].environment):
            raise Refusal(422, f"{call.caller.login} may not review {gates[number].environment.name}")
    moment = now()
    with call.forge.records.together():
        for number in wanted:
            call.forge.records.add(
                Review, run_id=run.id, attempt=run.attempt, environment_id=number, login=call.caller.login,
                state=state, comment=comment, created=moment,
            )  # fmt: skip
        call.forge.accept("review-deployments", f"{repository.full_name}/runs/{run.id}", result="updated")
    live = actions_of(call).live(run)
    for gate in list(live.gates) if live else ():
        if gate.environment.id in wanted:
            gate.decide(state)
    chosen = [gates[number].environment for number in wanted]
    creator = call.forge.account(run.actor)
    return Answer(
        [shapes.deployment(call.links, repository.full_name, run, each, creator) for each in chosen]
    )


@endpoint("list-approvals")
def list_approvals(call: Call) -> Answer:
    """What was decided about a run's environments, by whom."""
    repository = call.repository("actions")
    run = run_of(call, repository)
    shown = []
    for _, several in groupby(call.forge.records.all(Review, run_id=run.id), _one_review):
        reviews = list(several)
        links = [
            shapes.brief(call.links, repository.full_name, environment)
            for found in reviews
            if (environment := call.forge.records.get(Environment, id=found.environment_id))
        ]
        shown.append(shapes.review(call.links, reviews[0], links, call.forge.account(reviews[0].login)))
    return Answer(shown)


def _one_review(found: Review) -> tuple[int, str, str, str, str]:
    """What is the same for all environments that one review was about."""
    return found.attempt, found.login, found.state, found.comment, found.created


def _may_review(call: Call, run: Run, environment: Environment) -> bool:
    login = call.caller.login
    if environment.no_self_review and login == run.actor:
        return False
    return login in reviewers(environment)


def _gates(call: Call, run: Run) -> dict[int, Gate]:
    live = actions_of(call).live(run)
    return {gate.environment.id: gate for gate in (live.gates if live else ()) if not gate.decided.is_set()}


def _waiting(call: Call, repository: Repository, gate: Gate) -> Json:
    run, environment = run_of(call, repository), gate.environment
    people = [call.forge.account(login) for login in reviewers(environment)]
    may = _may_review(call, run, environment)
    return shapes.pending(call.links, repository.full_name, gate, people, may=may)


def _shown(call: Call, repository: Repository, found: Environment) -> Json:
    people = [call.forge.account(login) for login in reviewers(found)]
    return shapes.environment(call.links, repository.full_name, found, people)


def _reviewer(call: Call, entry: Fields) -> str:
    if entry.text("type") != "User":
        raise Refusal(422, "Teams are not in this sandbox: a reviewer is a User")
    account = call.forge.records.get(Account, id=entry.number("id"))
    if account is None:
        raise invalid("Environment", "reviewers", "invalid")
    return account.login


def _policy(body: Fields) -> str:
    if body.raw("deployment_branch_policy") is None:
        return "all"
    wanted = body.fields("deployment_branch_policy")
    protected, custom = wanted.flag("protected_branches"), wanted.flag("custom_branch_policies")
    if protected == custom:
        raise invalid("Environment", "deployment_branch_policy", "invalid")
    return "custom" if custom else "protected"


def _maybe(call: Call, repository: Repository) -> Environment | None:
    name = call.path("environment").lower()
    found = call.forge.records.all(Environment, repository_id=repository.id)
    return next((each for each in found if each.name.lower() == name), None)


def _environment(call: Call, repository: Repository) -> Environment:
    found = _maybe(call, repository)
    if found is None:
        raise not_found()
    return found


ROUTES: list[Route] = [
    ("GET", _ENVIRONMENTS, list_environments),
    ("GET", _ONE, get_environment),
    ("PUT", _ONE, put_environment),
    ("DELETE", _ONE, delete_environment),
    ("GET", _POLICIES, list_policies),
    ("POST", _POLICIES, create_policy),
    ("DELETE", f"{_POLICIES}/{{policy:\\d+}}", delete_policy),
    ("GET", f"{RUN}/pending_deployments", list_pending),
    ("POST", f"{RUN}/pending_deployments", review),
    ("GET", f"{RUN}/approvals", list_approvals),
]
