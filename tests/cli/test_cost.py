"""tagboat cost on projects in a work tree: a CI that a tag starts as a whole, and what would be instead of it."""

import json
import shutil
from pathlib import Path

import pytest
from berth import Call

from tagboat.testing.histories import git

CASE = Path(__file__).parent.parent / "cases" / "cost" / "tag-runs-everything"
SYSTEMS = {"linux": "ubuntu-latest", "arm": "ubuntu-24.04-arm", "windows": "windows-latest"}
SHARDS = "".join(
    f"""
[[components.bindings.shards]]
name = "{system}-{python}"
builder = "adopt"
sdist = false
command = ["python", "ci/wheels.py", "--output", "{{out}}"]
runner = "{runner}"
"""
    for system, runner in SYSTEMS.items()
    for python in ("310", "311", "312", "313", "314", "314t")
)
CONFIG = f"""\
repository = "acme/toolkit"
default-branch = "main"

[components.pathfinder]
path = "pathfinder"
tag = "cuda-pathfinder-v{{version}}"
targets = ["testpypi", "pypi"]

[[components.pathfinder.shards]]
name = "wheel"
sdist = false

[components.bindings]
path = "bindings"
distributions = ["bindings"]
tag = "v{{version}}"
targets = ["testpypi", "pypi"]
{SHARDS}
[workflows]
docs = ["make", "html"]
"""
ON_UBUNTU = "    runs-on: ubuntu-latest\n    steps: [{run: python -m build --sdist}]\n"
ASSUMED = ("test-linux-64/test=18", "test-linux-aarch64/test=16", "test-windows/test=18")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    shutil.copytree(CASE, folder / ".github" / "workflows")
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "tagboat.toml").write_text(CONFIG)
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "Begin")
    return folder


def figures(
    call: Call, root: Path, *words: str | Path
) -> dict[str, list[tuple[int, int | None, int] | None]]:
    said = call("cost", root, "--json", *words)
    assert said.exit == 0, said.err
    return {
        row["event"]: [
            side and (side["least"], side["most"], side["gpu"]) for side in (row["before"], row["after"])
        ]
        for row in said.json["costs"]
    }


def assume(*texts: str) -> list[str]:
    return [word for text in texts for word in ("--assume", text)]


def test_a_tag_costs_seventy_seven_jobs_before_and_none_after(call: Call, root: Path) -> None:
    found = figures(call, root, *assume(*ASSUMED))
    for tag in ("tag v1.0.0 of bindings", "tag cuda-pathfinder-v1.0.0 of pathfinder"):
        assert found[tag] == [(77, 77, 52), (0, 0, 0)]


def test_a_tag_costs_the_sixty_three_jobs_of_a_recorded_run_before_and_none_after(
    call: Call, root: Path, tmp_path: Path
) -> None:
    """A later state of the same CI: eight Pythons and two sdists, and fewer machines with GPUs."""
    ci = root / ".github" / "workflows" / "ci.yml"
    text = ci.read_text().replace(
        '["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]',
        '["3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t"]',
    )
    ci.write_text(f"{text}  sdist:\n    strategy: {{matrix: {{package: [bindings, core]}}}}\n{ON_UBUNTU}")
    sizes = {"test-linux-64": 10, "test-linux-aarch64": 10, "test-windows": 10}
    pythons = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t")
    names = [
        "ci-vars",
        "should-skip",
        *(f"Build linux-64, Python {python} / build" for python in pythons),
        *(
            f"build-{where} ({python}) / build"
            for where in ("linux-aarch64", "windows")
            for python in pythons
        ),
        *(f"sdist ({package})" for package in ("bindings", "core")),
        *(f"{job} / compute-matrix" for job in sizes),
        *(f"{job} / test ({number}, a)" for job, size in sizes.items() for number in range(size)),
        "doc / build",
        "checks",
    ]
    assert len(names) == 63
    file = tmp_path / "jobs.json"
    file.write_text(json.dumps([{"jobs": [{"name": name, "conclusion": "success"} for name in names]}]))
    found = figures(call, root, "--recorded", file)
    for tag in ("tag v1.0.0 of bindings", "tag cuda-pathfinder-v1.0.0 of pathfinder"):
        assert found[tag] == [(63, 63, 30), (0, 0, 0)]


def test_a_release_costs_at_most_ten_and_twenty_eight_jobs_and_no_gpu(call: Call, root: Path) -> None:
    found = figures(call, root)
    assert found["release of pathfinder, started by hand"] == [None, (8, 8, 0)]
    before, after = found["release of bindings, started by hand"]
    assert before is None
    assert after is not None
    least, most, gpu = after
    assert (least == most, gpu) == (True, 0)
    assert least <= 28
    rows = call("cost", root, "--json").json["costs"]
    (row,) = (row for row in rows if row["event"] == "release of bindings, started by hand")
    assert row["after"]["systems"] == {"linux": 20, "windows": 6}


def test_a_pushed_tag_that_releases_costs_as_much_as_a_dispatch(call: Call, root: Path) -> None:
    (root / "tagboat.toml").write_text(f'{CONFIG}trigger = "tag"\n')
    found = figures(call, root, *assume(*ASSUMED), "--component", "pathfinder")
    assert found["tag cuda-pathfinder-v1.0.0 of pathfinder"][1] == (8, 8, 0)


def test_what_only_a_run_can_tell_is_said_to_be_open_with_what_settles_it(call: Call, root: Path) -> None:
    said = call("cost", root)
    assert "tag v1.0.0 of bindings" in said.out
    assert "at least 28 (21 linux, 7 windows, 3 with GPU)" in said.out
    assert "--assume test-windows/test=N" in said.out


def test_the_jobs_of_a_recorded_run_settle_it_too(call: Call, root: Path, tmp_path: Path) -> None:
    sizes = {"test-linux-64": 18, "test-linux-aarch64": 16, "test-windows": 18}
    names = [f"{job} / test ({number}, a)" for job, size in sizes.items() for number in range(size)]
    file = tmp_path / "jobs.json"
    file.write_text(json.dumps({"jobs": [{"name": name, "conclusion": "success"} for name in names]}))
    assert figures(call, root, "--recorded", file)["tag v1.0.0 of bindings"][0] == (77, 77, 52)


def test_each_job_is_shown_when_asked_for(call: Call, root: Path) -> None:
    said = call("cost", root, "--component", "bindings", "--verbose", *assume(*ASSUMED))
    assert "ci.yml: test-windows/test                  18  windows, GPU" in said.out
    assert "pathfinder" not in said.out.partition("push to main")[0]


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--assume", "test"], "is no number of jobs"),
        (["--assume", "test=x"], "is no number of jobs"),
        (["--assume", "test=257"], "is no number of jobs"),
        (["--assume", "test=0000000009999999"], "is no number of jobs"),
        (["--assume", f"test={'0' * 5000}"], "is no number of jobs"),
        (["--assume", "nobody=3"], "no workflow has the job nobody"),
        (["--component", "nobody"], "there is no component nobody"),
    ],
)
def test_what_fits_nothing_is_refused(call: Call, root: Path, words: list[str], cause: str) -> None:
    said = call("cost", root, "--json", *words)
    assert (said.exit, cause in said.json["error"]["cause"]) == (2, True)


def test_every_unreadable_workflow_is_named(call: Call, root: Path) -> None:
    for name in ("one", "two"):
        (root / ".github" / "workflows" / f"{name}.yml").write_text("jobs: [")
    said = call("cost", root)
    assert said.exit == 2
    assert "one.yml" in said.err
    assert "two.yml" in said.err


def test_without_workflows_before_is_nothing(call: Call, root: Path) -> None:
    shutil.rmtree(root / ".github")
    said = call("cost", root)
    assert said.exit == 0
    assert "no workflows here" in said.err


def test_where_no_file_can_be_written_it_says_why(call: Call, root: Path) -> None:
    text = "on: {push: {tags: ['v*']}}\njobs:\n  a: {runs-on: x, steps: [{run: uv publish}]}\n"
    (root / ".github" / "workflows" / "upload.yml").write_text(text)
    said = call("cost", root, "--json")
    assert "upload.yml publishes already" in said.json["after_unknown"]
    assert {row["after"] for row in said.json["costs"]} == {None}
