"""The shape of the configuration's table about workflows inside the forge's CI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tagboat.config import rules
from tagboat.config.table import Table

WorkflowFile = Annotated[str, AfterValidator(rules.workflow_file), Field(max_length=100)]
Python = Annotated[str, AfterValidator(rules.python), Field(max_length=20)]
Word = Annotated[str, AfterValidator(rules.filled), Field(min_length=1, max_length=1000)]


class WorkflowsTable(Table):
    """How the project is validated and released inside the forge's CI, ``[tool.tagboat.workflows]``."""

    ci: WorkflowFile = Field(
        default="ci.yml",
        description="The file in `.github/workflows` that validates pull requests and the default branch.",
        examples=["tests.yml"],
    )
    build: WorkflowFile = Field(
        default="build.yml",
        description="The file of the reusable build, which both others call.",
        examples=["wheels.yml"],
    )
    release: WorkflowFile = Field(
        default="release.yml",
        description="The file that releases. Trusted Publishers are registered with this name.",
        examples=["publish.yml"],
    )
    trigger: Literal["dispatch", "tag"] = Field(
        default="dispatch",
        description="What starts a release: `dispatch`, where a person names component and tag (with the pipeline "
        "`remote-release` Tagboat does it), or `tag`, a pushed tag.",
        examples=["tag"],
    )
    python: Python = Field(
        default="3.13",
        description="The interpreter that Tagboat runs on in the jobs.",
        examples=["3.12"],
    )
    test: list[Word] = Field(
        default=[],
        max_length=200,
        description="The program and its arguments that test the project, started without a shell; empty: CI only builds.",
        examples=[["python", "-m", "pytest"]],
    )
    docs: list[Word] = Field(
        default=[],
        max_length=200,
        description="The program and its arguments that build the documentation of a release; empty: none.",
        examples=[["make", "-C", "docs", "html"]],
    )
    failure_issue: bool = Field(
        default=False,
        description="Whether a release that fails opens or updates one issue on the forge, closed by the next success.",
        examples=[True],
    )
