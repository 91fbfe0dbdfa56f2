"""What a build makes is looked at before anything leaves the machine; every problem is named at once."""

from __future__ import annotations

from collections.abc import Callable

from harbour import Answer, Project
from projects import flit, setuptools


def refused(project: Project, tag: str, status: int = 3) -> Answer:
    """Release; see the exit status, and that nothing was written."""
    answer = project.release("--tag", tag)
    assert answer.exit == status, answer.err
    assert answer.remedy
    assert project.journal() == []
    return answer


def test_files_of_another_version_than_the_tag_s_are_refused(project: Project) -> None:
    answer = refused(project, project.ready("1.1"))
    assert "1.0" in answer.cause
    assert "1.1" in answer.cause


def test_a_development_version_is_refused_on_a_final_index(launch: Callable[..., Project]) -> None:
    project = launch()
    answer = refused(project, project.ready("1.0.dev1", flit(project.name, "1.0.dev1")))
    assert "1.0.dev1" in answer.cause


def test_several_problems_of_the_files_are_named_together(launch: Callable[..., Project]) -> None:
    project = launch()
    files = flit(project.name, "1.0", tagboat='imports = ["not_there"]\npythons = ["3.11"]')
    files[f"{project.name.replace('-', '_')}/__init__.py"] = '"""Tiny."""\n\nraise RuntimeError("broken")\n'
    answer = refused(project, project.ready("1.0", files))
    assert "not_there" in answer.cause


def test_an_import_that_fails_is_refused_with_its_words(launch: Callable[..., Project]) -> None:
    project = launch()
    files = flit(project.name)
    files[f"{project.name.replace('-', '_')}/__init__.py"] = (
        '"""Tiny."""\n\nraise RuntimeError("the keel is gone")\n'
    )
    answer = refused(project, project.ready("1.0", files))
    assert "the keel is gone" in answer.cause
    assert answer.codes() == {"install-failed"}


def test_a_dependency_that_no_index_has_is_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    files = flit(project.name, extra=f'dependencies = ["{project.name}-absent>=1"]')
    answer = refused(project, project.ready("1.0", files))
    assert f"{project.name}-absent" in answer.cause


def test_wheels_that_are_not_those_expected_are_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    files = flit(project.name, tagboat='shards = [{ name = "a", wheels = ["cp311-*-manylinux*"] }]')
    answer = refused(project, project.ready("1.0", files))
    assert "no wheel for cp311-*-manylinux*" in answer.cause
    assert "was not asked for" in answer.cause


def test_a_distribution_that_was_not_made_is_missed(launch: Callable[..., Project]) -> None:
    project = launch()
    files = flit(project.name, tagboat=f'distributions = ["{project.name}", "{project.name}-extra"]')
    answer = refused(project, project.ready("1.0", files))
    assert f"{project.name}-extra" in answer.cause


def test_a_tracked_file_that_the_build_rewrites_is_named_before_building(
    launch: Callable[..., Project],
) -> None:
    project = launch()
    name = project.name
    text = str(setuptools(name)["pyproject.toml"])
    text = text.replace('requires = ["setuptools>=77"]', 'requires = ["setuptools>=77", "setuptools-scm>=8"]')
    text = text.replace('version = "1.0"', 'dynamic = ["version"]')
    flat = name.replace("-", "_")
    text += f'\n[tool.setuptools_scm]\nversion_file = "src/{flat}/_version.py"\n'
    files = {**setuptools(name), "pyproject.toml": text, f"src/{flat}/_version.py": '__version__ = "0.9"\n'}
    answer = refused(project, project.ready("1.0", files))
    assert f"src/{flat}/_version.py" in answer.cause
    assert "git rm --cached" in answer.remedy


def test_a_package_info_that_would_decide_the_version_is_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    text = str(setuptools(project.name)["pyproject.toml"]).replace('version = "1.0"', 'dynamic = ["version"]')
    files = {
        **setuptools(project.name),
        "pyproject.toml": text,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {project.name}\nVersion: 6.6\n",
    }
    answer = refused(project, project.ready("1.0", files))
    assert "PKG-INFO, which would decide the version" in answer.cause


def test_an_sdist_with_a_file_that_the_tag_does_not_hold_is_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    flat = project.name.replace("-", "_")
    files = {
        **setuptools(project.name),
        "setup.py": f"import pathlib, setuptools\n\npathlib.Path('src/{flat}/smuggled.py').write_text('x = 1')\nsetuptools.setup()\n",
    }
    answer = refused(project, project.ready("1.0", files))
    assert "smuggled.py" in answer.cause


def test_a_build_that_differs_from_its_repetition_is_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    flat = project.name.replace("-", "_")
    text = str(
        setuptools(project.name, tagboat='reproduce = true\nadditions = ["src/*/_stamp.py"]')[
            "pyproject.toml"
        ]
    )
    files = {
        **setuptools(project.name),
        "pyproject.toml": text,
        "setup.py": (
            "import pathlib, setuptools, uuid\n\n"
            f"pathlib.Path('src/{flat}/_stamp.py').write_text(f'stamp = {{uuid.uuid4().hex!r}}')\nsetuptools.setup()\n"
        ),
    }
    answer = refused(project, project.ready("1.0", files))
    assert answer.codes() >= {"not-reproducible"}
    assert "_stamp.py" in answer.cause


def test_a_build_that_fails_is_a_failure_with_the_builder_s_words(launch: Callable[..., Project]) -> None:
    project = launch()
    files = {**setuptools(project.name), "setup.py": "raise SystemExit('no rudder')\n"}
    answer = refused(project, project.ready("1.0", files), status=1)
    assert "no rudder" in answer.cause
    assert answer.step("build:")["state"] == "failed"
