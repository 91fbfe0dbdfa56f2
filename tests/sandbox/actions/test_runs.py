"""How runs start, go and end on a real sandbox."""

from __future__ import annotations

import io
import zipfile

import pytest
from ci_world import Ci

from tagboat.errors import InvalidError
from tagboat.sandbox import control, workflows

FOREVER = 'exec python3 -c "import threading; threading.Event().wait()"'


def job(steps: str, rest: str = "", name: str = "a") -> str:
    return f"  {name}:\n    runs-on: ubuntu-latest\n{rest}    steps:\n{steps}"


def test_pushes_start_what_their_filters_say(ci: Ci) -> None:
    one = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'echo $GITHUB_REF'}]}}\n"
    ci.push_workflows(
        main=f"on: {{push: {{branches: [main]}}}}\n{one}",
        tags=f"on: {{push: {{tags: ['v*']}}}}\n{one}",
        paths=f"on: {{push: {{paths: ['src/**']}}}}\n{one}",
        nightly=f"on: {{schedule: [{{cron: '0 0 * * *'}}]}}\n{one}",
    )
    assert [run["path"] for run in ci.runs()] == [".github/workflows/main.yml"]
    ci.commit("more", {"src/demo.py": "x = 2\n"})
    ci.push()
    assert sorted(run["path"][18:] for run in ci.runs()) == ["main.yml", "main.yml", "paths.yml"]
    ci.commit("quiet [skip ci]")
    ci.push()
    assert len(ci.runs()) == 3
    ci.commit("loud")
    ci.git("tag", "v1")
    ci.push("v1")
    started = {run["path"][18:]: run for run in ci.runs("?branch=v1")}
    assert sorted(started) == ["paths.yml", "tags.yml"]  # a filter of paths says nothing about tags
    assert (started["tags.yml"]["head_branch"], started["tags.yml"]["event"]) == ("v1", "push")
    run = ci.wait(started["tags.yml"]["id"])
    assert " refs/tags/v1\n" in ci.log(run, "a")
    for number in range(4):
        ci.git("tag", f"v2.{number}")
    ci.push("v2.0", "v2.1", "v2.2", "v2.3")
    assert len(ci.runs()) == 5
    known = [each["name"] for each in ci.client.get(f"{ci.path}/actions/workflows").json["workflows"]]
    assert ".github/workflows/nightly.yml" in known
    workflows.enable(ci.addresses, ci.repository, enabled=False)
    ci.commit("off")
    ci.push()
    assert len(ci.runs()) == 5


def test_the_token_of_a_workflow_may_do_what_it_was_granted_and_starts_nothing(ci: Ci) -> None:
    steps = """
      - uses: actions/checkout@v4
      - run: git tag v9 && git push origin v9
      - run: |
          set +e
          curl -s -o /dev/null -w 'status %{http_code}\\n' -X POST -H "Authorization: Bearer $T" -d '{"title": "x"}' \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/releases"
          echo "::add-mask::$T" && echo "$T" > "$HOME/kept" && echo "kept=$T" >> "$GITHUB_OUTPUT"
        env: {T: '${{ github.token }}'}
"""
    run = ci.ran(
        release="on: {push: {branches: [main]}}\npermissions: {contents: write}\njobs:\n" + job(steps),
        tags="on: {push: {tags: ['*']}}\njobs:\n" + job("      - run: 'true'\n"),
    )
    assert run.conclusion == "success", ci.everything(run)
    assert "status 422" in ci.log(run, "a")
    assert ci.git("ls-remote", ci.url_for(ci.addresses.token), "refs/tags/v9").stdout
    assert [each["event"] for each in ci.runs()] == ["push"]
    ci.push_workflows(release="on: push\njobs:\n" + job(steps))
    run = ci.newest()
    assert run.conclusion == "failure"
    assert "denied to github-actions[bot]" in ci.log(run, "a")


def test_results_flow_along_needs(ci: Ci) -> None:
    run = ci.ran(
        ci="""
        on: push
        env: {WHERE: workflow}
        jobs:
          good: {runs-on: ubuntu-latest, outputs: {x: '${{ steps.s.outputs.x }}'}, steps: [{id: s, run: 'echo x=$WHERE >> $GITHUB_OUTPUT'}]}
          bad: {runs-on: ubuntu-latest, steps: [{run: exit 1}]}
          lenient: {runs-on: ubuntu-latest, continue-on-error: true, steps: [{run: exit 1}]}
          after-good: {needs: good, runs-on: ubuntu-latest, env: {X: '${{ needs.good.outputs.x }}'}, steps: [{run: 'test $X = workflow'}]}
          after-bad: {needs: [good, bad], runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          after-skipped: {needs: after-bad, runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          mend: {needs: [after-bad, bad], if: failure(), runs-on: ubuntu-latest, steps: [{run: 'test ${{ needs.bad.result }} = failure'}]}
          after-lenient: {needs: lenient, runs-on: ubuntu-latest, steps: [{run: 'test ${{ needs.lenient.result }} = success'}]}
          windows: {runs-on: windows-latest, steps: [{run: 'true'}]}
        """
    )
    assert run.conclusion == "failure"
    assert ci.states(run) == {
        "good": "success",
        "bad": "failure",
        "lenient": "failure",
        "after-good": "success",
        "after-bad": "skipped",
        "after-skipped": "skipped",
        "mend": "success",
        "after-lenient": "success",
        "windows": "failure",
    }
    assert "runs-on windows-latest: no such machine in this sandbox" in ci.log(run, "windows")
    place = f"{ci.path}/actions/runs/{run.id}"
    jobs = ci.client.get(f"{place}/jobs").json["jobs"]
    bad = next(each for each in jobs if each["name"] == "bad")
    assert [(step["name"], step["conclusion"]) for step in bad["steps"]] == [
        ("Set up job", "success"),
        ("Run exit 1", "failure"),
        ("Complete job", "success"),
    ]
    assert bad["labels"] == ["ubuntu-latest"]
    check = f"{ci.path}/check-runs/{bad['check_run_url'].rpartition('/')[2]}"
    assert ci.client.get(check).json["output"]["annotations_count"] == 1
    notes = ci.client.get(f"{check}/annotations").json
    assert [note["message"] for note in notes] == ["Process completed with exit code 1."]
    redirect = ci.client.get(f"{ci.path}/actions/jobs/{bad['id']}/logs")
    text = ci.client.send("GET", redirect.headers["Location"].removeprefix(ci.addresses.forge)).body.decode()
    assert "##[error]Process completed with exit code 1." in text
    forged = redirect.headers["Location"].removeprefix(ci.addresses.forge)[:-4] + "0000"
    assert ci.client.send("GET", forged).status == 404
    redirect = ci.client.get(f"{place}/logs")
    body = ci.client.send("GET", redirect.headers["Location"].removeprefix(ci.addresses.forge)).body
    names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert "bad/2_Run exit 1.txt" in names
    assert any(name.endswith("_bad.txt") for name in names)


def test_failed_jobs_run_again_and_the_others_keep_what_they_gave(ci: Ci) -> None:
    ci.push_workflows(
        ci="""
        on: workflow_dispatch
        jobs:
          once:
            runs-on: ubuntu-latest
            outputs: {n: '${{ steps.s.outputs.n }}'}
            steps:
              - {id: s, run: 'echo n=$GITHUB_RUN_ATTEMPT >> $GITHUB_OUTPUT; echo hi > f'}
              - {uses: actions/upload-artifact@v4, with: {name: f, path: f}}
          each:
            needs: once
            strategy: {fail-fast: false, matrix: {n: [1, 2]}}
            runs-on: ubuntu-latest
            steps: [{run: 'test ${{ matrix.n }} = 1 -o $GITHUB_RUN_ATTEMPT = 2'}]
          last:
            needs: [once, each]
            runs-on: ubuntu-latest
            steps:
              - {uses: actions/download-artifact@v4, with: {name: f}}
              - run: test "$(cat f)" = hi -a '${{ needs.once.outputs.n }}' = 1
        """
    )
    run = ci.dispatch("ci")
    assert ci.states(run) == {
        "once": "success",
        "each (1)": "success",
        "each (2)": "failure",
        "last": "skipped",
    }
    place = f"{ci.path}/actions/runs/{run.id}"
    assert ci.client.post(f"{place}/rerun-failed-jobs").status == 201
    run = ci.wait(run.id)
    assert (run.attempt, run.conclusion) == (2, "success"), ci.everything(run)
    assert ci.states(run) == {
        "once": "success",
        "each (1)": "success",
        "each (2)": "success",
        "last": "success",
    }
    first = ci.client.get(f"{place}/attempts/1").json
    assert (first["conclusion"], len(ci.client.get(f"{place}/attempts/1/jobs").json["jobs"])) == (
        "failure",
        4,
    )
    assert ci.client.post(f"{place}/rerun").status == 201
    run = ci.wait(run.id)
    assert (run.attempt, run.conclusion) == (3, "failure")  # the outputs are those of attempt 3 now


def test_cancelling_ends_what_goes_and_still_tidies(ci: Ci) -> None:
    ci.push_workflows(
        ci=f"""
        on: workflow_dispatch
        jobs:
          long:
            runs-on: ubuntu-latest
            steps:
              - run: '{FOREVER}'
              - {{if: always(), run: echo tidied}}
          next: {{needs: long, runs-on: ubuntu-latest, steps: [{{run: 'true'}}]}}
          always: {{needs: long, if: always(), runs-on: ubuntu-latest, steps: [{{run: 'test ${{{{ needs.long.result }}}} = cancelled'}}]}}
        """
    )
    place = f"{ci.path}/actions/workflows/ci.yml/dispatches"
    assert ci.client.post(place, {"ref": "main"}).status == 204
    number = ci.runs()[0]["id"]
    run = ci.wait(number, "in_progress")
    assert ci.client.post(f"{ci.path}/actions/runs/{number}/cancel").status == 202
    run = ci.wait(number, "completed")
    assert run.conclusion == "cancelled"
    assert ci.states(run) == {"long": "cancelled", "next": "cancelled", "always": "success"}
    assert "tidied" in ci.log(run, "long")
    refused = ci.client.post(f"{ci.path}/actions/runs/{number}/cancel")
    assert (refused.status, refused.json["message"]) == (
        409,
        "Cannot cancel a workflow run that is completed.",
    )


def test_a_failure_ends_its_sisters_in_a_matrix(ci: Ci) -> None:
    run = ci.ran(
        ci=f"""
        on: push
        jobs:
          a:
            strategy: {{max-parallel: 2, matrix: {{do: ['{FOREVER.replace('"', "")[:0]}wait', fail, never]}}}}
            runs-on: ubuntu-latest
            steps:
              - {{if: matrix.do == 'wait', run: '{FOREVER}'}}
              - {{if: matrix.do == 'fail', run: exit 1}}
        """
    )
    assert run.conclusion == "failure"
    assert ci.states(run) == {"a (wait)": "cancelled", "a (fail)": "failure", "a (never)": "cancelled"}


def test_a_group_lets_one_run_go_and_one_wait(ci: Ci) -> None:
    ci.push_workflows(
        ci=f"""
        on: workflow_dispatch
        concurrency: Release
        jobs: {{a: {{runs-on: ubuntu-latest, steps: [{{run: '{FOREVER}'}}]}}}}
        """,
        other="""
        on: workflow_dispatch
        concurrency: {group: release, cancel-in-progress: true}
        jobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}
        """,
    )
    for _ in range(3):
        ci.client.post(f"{ci.path}/actions/workflows/ci.yml/dispatches", {"ref": "main"})
    third, second, first = (each["id"] for each in ci.runs())
    ended = ci.wait(second, "completed")
    assert (ended.conclusion, ended.jobs) == ("cancelled", ())
    assert "higher priority waiting request" in ended.note
    assert workflows.run(ci.addresses, third).status == "pending"
    last = ci.dispatch("other")
    assert last.conclusion == "success"
    assert [ci.wait(each).conclusion for each in (first, third)] == ["cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ref": "main"}, "Required input 'tag' not provided"),
        ({"ref": "nowhere"}, "No ref found for: nowhere"),
        ({"ref": "main", "inputs": {"tag": "v1", "x": "y"}}, 'Unexpected inputs provided: ["x"]'),
    ],
)
def test_a_wrong_dispatch_is_refused_in_githubs_words(ci: Ci, given: dict[str, object], message: str) -> None:
    inputs = "{workflow_dispatch: {inputs: {tag: {type: string, required: true}}}}"
    ci.push_workflows(
        ci=f"on: {inputs}\njobs:\n" + job("      - run: 'true'\n"),
        push="on: push\njobs:\n" + job("      - run: 'true'\n"),
    )
    refused = ci.client.post(f"{ci.path}/actions/workflows/ci.yml/dispatches", given)
    assert (refused.status, refused.json["message"]) == (422, message)
    refused = ci.client.post(f"{ci.path}/actions/workflows/push.yml/dispatches", {"ref": "main"})
    assert refused.json["message"] == "Workflow does not have 'workflow_dispatch' trigger"
    assert ci.client.post(f"{ci.path}/actions/workflows/none.yml/dispatches", given).status == 404


def test_what_cannot_run_here_is_a_run_that_did_not_start_and_says_why(ci: Ci) -> None:
    run = ci.ran(ci="on: push\njobs:\n" + job("      - uses: acme/deploy@v1\n      - uses: docker://x\n"))
    assert (run.conclusion, run.jobs) == ("startup_failure", ())
    assert run.note == (
        ".github/workflows/ci.yml:6: uses action acme/deploy@v1, which has no stand-in: not in this sandbox\n"
        ".github/workflows/ci.yml:7: uses docker action docker://x: not in this sandbox"
    )
    assert [each["conclusion"] for each in ci.runs("?status=startup_failure")] == ["startup_failure"]


def test_environments_keep_out_and_secrets_stay_in(ci: Ci) -> None:
    workflows.set_environment(ci.addresses, ci.repository, "pypi", refs=["tag:v*"])
    workflows.set_environment(ci.addresses, ci.repository, "test", reviewers=["ada"])
    workflows.set_secret(ci.addresses, ci.repository, "KEY", "repository-key")
    workflows.set_secret(ci.addresses, ci.repository, "KEY", "test-key", environment="test")
    workflows.set_secret(ci.addresses, ci.repository, "PLACE", "here", hidden=False)
    run = ci.ran(
        ci="""
        on: push
        jobs:
          out: {environment: pypi, runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          in:
            environment: {name: test, url: 'https://example.org/${{ vars.PLACE }}'}
            runs-on: ubuntu-latest
            steps: [{run: 'echo $KEY $PLACE; test $KEY = test-key', env: {KEY: '${{ secrets.key }}', PLACE: '${{ vars.PLACE }}'}}]
          plain: {runs-on: ubuntu-latest, steps: [{run: 'test "$KEY" = repository-key', env: {KEY: '${{ secrets.KEY }}'}}]}
        """
    )
    assert run.waits_for == ("test",)
    place = f"{ci.path}/actions/runs/{run.id}/pending_deployments"
    (pending,) = ci.client.get(place).json
    told = {"environment_ids": [pending["environment"]["id"]], "state": "approved", "comment": ""}
    assert not pending["current_user_can_approve"]
    assert ci.client.post(place, told).status == 422
    with pytest.raises(InvalidError, match="no reviewer"):
        workflows.review(ci.addresses, run.id, "test", login="eve")
    assert workflows.review(ci.addresses, run.id, "test") == "ada"
    run = ci.wait(run.id, "completed")
    assert ci.states(run) == {"out": "failure", "in": "success", "plain": "success"}
    assert 'Branch "main" is not allowed to deploy to pypi' in ci.log(run, "out")
    assert " *** here\n" in ci.log(run, "in")


def test_a_rejected_deployment_fails(ci: Ci) -> None:
    workflows.set_environment(ci.addresses, ci.repository, "pypi", reviewers=["ada"])
    run = ci.ran(ci="on: push\njobs:\n" + job("      - run: 'true'\n", "    environment: pypi\n"))
    workflows.review(ci.addresses, run.id, "pypi", state="rejected", comment="no")
    run = ci.wait(run.id, "completed")
    assert run.conclusion == "failure"
    assert "was rejected" in ci.log(run, "a")


def test_environments_by_githubs_interface(ci: Ci) -> None:
    ada = control.create_token(ci.addresses, "ada")
    number = ci.client.bearing(ada).get("/user").json["id"]
    place = f"{ci.path}/environments/pypi"
    told = {
        "wait_timer": 0,
        "reviewers": [{"type": "User", "id": number}],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    made = ci.client.call("PUT", place, told)
    assert made.status == 200
    assert [rule["type"] for rule in made.json["protection_rules"]] == ["required_reviewers", "branch_policy"]
    assert ci.client.get(place).json == made.json
    policy = ci.client.post(f"{place}/deployment-branch-policies", {"name": "v*", "type": "tag"}).json
    assert ci.client.get(f"{place}/deployment-branch-policies").json["branch_policies"] == [policy]
    assert ci.client.delete(f"{place}/deployment-branch-policies/{policy['id']}").status == 204
    assert ci.client.get(f"{ci.path}/environments").json["total_count"] == 1
    assert ci.client.delete(place).status == 204
    assert ci.client.send("GET", f"/api/v3{place}").status == 404


def test_a_pull_request_runs_at_its_merge(ci: Ci) -> None:
    ci.push_workflows(
        ci="on: pull_request\njobs:\n"
        + job(
            "      - {uses: actions/checkout@v4}\n      - {run: 'ls; echo $GITHUB_REF $GITHUB_HEAD_REF $GITHUB_BASE_REF'}\n"
        )
    )
    ci.git("switch", "--quiet", "-c", "topic")
    head = ci.commit("topic", {"topic.txt": "x\n"})
    ci.push("topic")
    ci.git("switch", "--quiet", "main")
    ci.commit("main", {"main.txt": "x\n"})
    ci.push()
    (number,) = workflows.open_pull_request(ci.addresses, ci.repository, "topic", number=7)
    run = ci.wait(number)
    assert run.conclusion == "success", ci.everything(run)
    told = ci.client.get(f"{ci.path}/actions/runs/{number}").json
    assert (told["event"], told["head_sha"], told["head_branch"]) == ("pull_request", head, "topic")
    log = ci.log(run, "a")
    assert "refs/pull/7/merge topic main" in log
    assert "main.txt" in log
    assert "topic.txt" in log


def test_machines_that_this_one_stands_in_for_are_named(ci: Ci) -> None:
    workflows.stand_in(ci.addresses, "macos-*")
    run = ci.ran(ci="on: push\njobs: {a: {runs-on: macos-14, steps: [{run: 'true'}]}}")
    assert run.conclusion == "success"
    assert "runs-on macos-14: this machine (Linux" in ci.log(run, "a")
    assert "stands in for it, as ordered" in ci.log(run, "a")
