"""What a test needs of the machine, said by ``@pytest.mark.needs("gcc")`` or ``needs("isolation")``.

A program that is missing skips the test with its reason, except where ``TAGBOAT_CI`` is 1: there it fails, because CI installs
what the tests want. A machine that allows no namespaces can install nothing against that, so it always skips.
"""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

from tagboat.adapters.isolation import network_off, private_network

# How long an example takes depends on what else the machine does; speed is measured by make bench.
settings.register_profile("tagboat", deadline=None)
settings.load_profile("tagboat")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for thing in mark.args:
            if thing == "isolation":
                refusal = next((i for i in (network_off(), private_network()) if i.network == "open"), None)
                if refusal is not None:
                    pytest.skip(refusal.explanation)
            elif shutil.which(thing) is None:
                reason = f"{thing} is not installed"
                pytest.fail(reason) if os.environ.get("TAGBOAT_CI") == "1" else pytest.skip(reason)
