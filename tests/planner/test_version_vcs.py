import pytest

from tagboat.config.project import Tree
from tagboat.planner.version_vcs import is_dynamic_from_vcs

DYNAMIC = "[project]\nname = 'x'\ndynamic = ['version']\n"


def named(files: dict[str, str]) -> str:
    return is_dynamic_from_vcs(Tree(frozenset(files), lambda path: files[path].encode()), ".")


@pytest.mark.parametrize(
    ("files", "tool"),
    [
        ({"pyproject.toml": DYNAMIC + "[tool.setuptools_scm]"}, "setuptools-scm"),
        (
            {"pyproject.toml": DYNAMIC + "[build-system]\nrequires = ['setuptools-scm[simple]>=9']"},
            "setuptools-scm",
        ),
        ({"pyproject.toml": "[tool.setuptools_scm]", "setup.cfg": "[metadata]\nname = x"}, "setuptools-scm"),
        ({"setup.py": "setup(use_scm_version=True)"}, "setuptools-scm"),
        ({"pyproject.toml": DYNAMIC + "[tool.hatch.version]\nsource = 'vcs'"}, "hatch-vcs"),
        (
            {"pyproject.toml": DYNAMIC + "[tool.hatch.version]\nsource = 'uv-dynamic-versioning'"},
            "uv-dynamic-versioning",
        ),
        ({"pyproject.toml": DYNAMIC + "[tool.hatch.version]\nsource = 'versioningit'"}, "versioningit"),
        ({"pyproject.toml": DYNAMIC + "[tool.pdm.version]\nsource = 'scm'"}, "pdm"),
        (
            {
                "pyproject.toml": "[tool.poetry]\nversion = '0'\n[tool.poetry-dynamic-versioning]\nenable = true"
            },
            "poetry-dynamic-versioning",
        ),
        ({"pyproject.toml": DYNAMIC + "[tool.versioningit]"}, "versioningit"),
        ({"pyproject.toml": "[build-system]\nbuild-backend = 'flit_scm:buildapi'"}, "flit_scm"),
        ({"pyproject.toml": "[tool.setuptools-git-versioning]\nenabled = true"}, "setuptools-git-versioning"),
        ({"setup.py": "setup(setuptools_git_versioning={'enabled': True})"}, "setuptools-git-versioning"),
        ({"setup.cfg": "[versioneer]\nVCS = git", "setup.py": "setup()"}, "versioneer"),
        ({"setup.py": "setup(pbr=True)"}, "pbr"),
        ({}, ""),
        ({"pyproject.toml": "[project]\nversion = '1'\n[tool.setuptools_scm]"}, ""),
        ({"pyproject.toml": DYNAMIC + "[tool.hatch.version]\npath = 'x.py'"}, ""),
        (
            {
                "pyproject.toml": "[tool.poetry]\nversion = '0'\n[tool.poetry-dynamic-versioning]\nenable = false"
            },
            "",
        ),
        ({"pyproject.toml": "[tool.setuptools-git-versioning]\nenabled = false"}, ""),
        ({"pyproject.toml": DYNAMIC + "[build-system]\nrequires = ['setuptools-scm>=8']"}, ""),
        ({"setup.py": "setup(version='1.0')"}, ""),
    ],
)
def test_the_tool_that_takes_the_version_from_the_tag_is_named(files: dict[str, str], tool: str) -> None:
    assert named(files) == tool
