"""Issues: list, open, change, close; and their comments."""

from __future__ import annotations

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.model import Comment, Issue, Repository, now
from tagboat.sandbox.forge.refusals import invalid, not_found, unauthenticated
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.shapes import issues as shapes
from tagboat.sandbox.forge.shapes.links import Json

_ISSUES = f"{REPOSITORY}/issues"
_STATES = ("open", "closed", "all")


@endpoint("list-issues")
def list_issues(call: Call) -> Answer:
    """Issues, newest first, narrowed by state and creator."""
    repository = call.repository("issues")
    state, creator = call.query("state", "open"), call.query("creator")
    if state not in _STATES:
        raise invalid("Issue", "state", "invalid")
    found = [
        issue
        for issue in call.forge.records.newest(Issue, repository_id=repository.id)
        if state in ("all", "closed" if issue.closed else "open") and creator in ("", issue.author)
    ]
    return Answer([_shown(call, repository, issue) for issue in call.page(found)])


@endpoint("get-issue")
def get_issue(call: Call) -> Answer:
    """One issue."""
    repository = call.repository("issues")
    return Answer(_shown(call, repository, _issue(call, repository)))


@endpoint("create-issue")
def create_issue(call: Call) -> Answer:
    """A new issue, by anybody who sees the repository; a token with permissions needs that of writing issues."""
    repository = _talked(call)
    title, body, moment = call.body.text("title"), call.body.maybe_text("body"), now()
    if not title:
        raise invalid("Issue", "title", "missing_field")
    with call.forge.records.together():
        number = len(call.forge.records.all(Issue, repository_id=repository.id)) + 1
        issue = call.forge.records.add(
            Issue,
            repository_id=repository.id,
            number=number,
            title=title,
            body=body,
            author=call.caller.login,
            created=moment,
            updated=moment,
            closed=None,
        )
        call.forge.accept("create-issue", f"{repository.full_name}/issues/{number}")
    shown = _shown(call, repository, issue)
    return Answer(shown, 201, {"Location": str(shown["url"])})


@endpoint("update-issue")
def update_issue(call: Call) -> Answer:
    """An issue with another title, body or state; its author and those who may write issues change it."""
    repository = _talked(call)
    issue = _issue(call, repository)
    if issue.author != call.caller.login:
        call.forge.access.require(call.caller, repository, "issues", "write")
    values: dict[str, str | None] = {
        name: call.body.maybe_text(name) for name in ("title", "body") if name in call.body
    }
    if "state" in call.body:
        state = call.body.text("state")
        if state not in ("open", "closed"):
            raise invalid("Issue", "state", "invalid")
        values["closed"] = (issue.closed or now()) if state == "closed" else None
    with call.forge.records.together():
        issue = call.forge.records.change(issue, **values, updated=now())
        call.forge.accept("update-issue", f"{repository.full_name}/issues/{issue.number}")
    return Answer(_shown(call, repository, issue))


@endpoint("list-comments")
def list_comments(call: Call) -> Answer:
    """An issue's comments, oldest first."""
    repository = call.repository("issues")
    issue = _issue(call, repository)
    found = call.page(call.forge.records.all(Comment, issue_id=issue.id))
    return Answer([_comment(call, repository, issue, comment) for comment in found])


@endpoint("create-comment")
def create_comment(call: Call) -> Answer:
    """A new comment."""
    repository = _talked(call)
    issue, body = _issue(call, repository), call.body.text("body")
    with call.forge.records.together():
        comment = call.forge.records.add(
            Comment, issue_id=issue.id, body=body, author=call.caller.login, created=now()
        )
        call.forge.accept("create-comment", f"{repository.full_name}/issues/{issue.number}/{comment.id}")
    shown = _comment(call, repository, issue, comment)
    return Answer(shown, 201, {"Location": str(shown["url"])})


def _talked(call: Call) -> Repository:
    """The repository, for a caller who may say something there."""
    limited = call.caller.token is not None and call.caller.token.permissions is not None
    repository = call.repository("issues", "write" if limited else "read")
    if call.caller.account is None:
        raise unauthenticated()
    return repository


def _issue(call: Call, repository: Repository) -> Issue:
    found = call.forge.records.get(Issue, repository_id=repository.id, number=call.number("number"))
    if found is None:
        raise not_found()
    return found


def _shown(call: Call, repository: Repository, issue: Issue) -> Json:
    comments = len(call.forge.records.all(Comment, issue_id=issue.id))
    author = call.forge.account(issue.author)
    return shapes.issue(call.links, repository, issue, author, comments=comments)


def _comment(call: Call, repository: Repository, issue: Issue, comment: Comment) -> Json:
    return shapes.comment(call.links, repository, issue, comment, call.forge.account(comment.author))


ROUTES: list[Route] = [
    ("GET", _ISSUES, list_issues),
    ("POST", _ISSUES, create_issue),
    ("GET", f"{_ISSUES}/{{number:\\d+}}", get_issue),
    ("PATCH", f"{_ISSUES}/{{number:\\d+}}", update_issue),
    ("GET", f"{_ISSUES}/{{number:\\d+}}/comments", list_comments),
    ("POST", f"{_ISSUES}/{{number:\\d+}}/comments", create_comment),
]
