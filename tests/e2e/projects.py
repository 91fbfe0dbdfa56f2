"""Tiny projects of every back end, as files."""

from __future__ import annotations

from collections.abc import Mapping

TARGETS = "[tool.tagboat.policy]\nci-wait = 0\n"


def module(name: str) -> str:
    """The import name of a distribution."""
    return name.replace("-", "_")


def flit(name: str, version: str = "1.0", *, extra: str = "", tagboat: str = "") -> dict[str, str | bytes]:
    """A pure package built by flit-core."""
    return {
        "pyproject.toml": (
            '[build-system]\nrequires = ["flit_core>=3.12,<4"]\nbuild-backend = "flit_core.buildapi"\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\ndescription = "Tiny"\n'
            f'requires-python = ">=3.9"\nreadme = "README.md"\n{extra}\n'
            f"{configured(name, tagboat)}"
        ),
        "README.md": f"# {name}\n",
        f"{module(name)}/__init__.py": '"""Tiny."""\n\nvalue = 1\n',
    }


def configured(name: str, component: str = "", *, policy: Mapping[str, object] | None = None) -> str:
    """Tagboat's tables for a project of one component."""
    words = "".join(
        f"{key} = {value if isinstance(value, int) else chr(34) + str(value) + chr(34)}\n"
        for key, value in {"ci-wait": 0, **(policy or {})}.items()
    )
    return (
        f'[tool.tagboat.components.{name}]\ntargets = ["testpypi", "pypi"]\n{component}\n'
        f"[tool.tagboat.policy]\n{words}"
    )
