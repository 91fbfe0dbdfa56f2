"""What stands in for the few actions that workflows use here; each says so in the log. Every other is refused by name."""

from __future__ import annotations

from typing import Final

from tagboat.sandbox.actions.job.visit import Deed
from tagboat.sandbox.actions.stand_ins import (
    checkout,
    download_artifact,
    pypi_publish,
    setup_python,
    setup_uv,
    upload_artifact,
)

STAND_INS: Final[dict[str, Deed]] = {
    "actions/checkout": checkout.act,
    "actions/setup-python": setup_python.act,
    "astral-sh/setup-uv": setup_uv.act,
    "actions/upload-artifact": upload_artifact.act,
    "actions/download-artifact": download_artifact.act,
    "pypa/gh-action-pypi-publish": pypi_publish.act,
}

__all__ = ["STAND_INS"]
