"""A sandbox that is killed while jobs go: what is left of them is over when it comes back."""

from __future__ import annotations

import json
import os
import signal
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from ci_world import made

from tagboat.sandbox import process, workflows
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.server import Sandbox


def status(addresses: Addresses, url: str, authorization: str) -> int:
    trust = ssl.create_default_context(cafile=addresses.ca)
    request = urllib.request.Request(url, headers={"Authorization": authorization})  # noqa: S310 - a sandbox's address is https
    try:
        with urllib.request.urlopen(request, context=trust, timeout=30) as response:  # noqa: S310 - likewise
            return int(response.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_what_jobs_held_is_good_for_nothing_after_a_kill(tmp_path: Path) -> None:
    box, kept, ready = tmp_path / "box", tmp_path / "kept.json", tmp_path / "ready"
    addresses = process.up(box)
    try:
        ci = made(
            cast("Sandbox", SimpleNamespace(addresses=addresses, directory=box)), "acme/demo", tmp_path, None
        )
        os.mkfifo(ready)
        keep = f"import json, os; json.dump({{**os.environ, 'PID': os.getpid()}}, open('{kept}', 'w'))"
        ci.push_workflows(
            ci=f"""
            on: push
            permissions: {{contents: read, id-token: write}}
            jobs:
              a:
                runs-on: ubuntu-latest
                steps:
                  - env: {{GH_TOKEN: '${{{{ github.token }}}}'}}
                    shell: python
                    run: |
                      {keep}
                      open('{ready}', 'w').close()
                      import threading
                      threading.Event().wait()
            """
        )
        ready.read_text()
        had: dict[str, Any] = json.loads(kept.read_text())
        asked = had["ACTIONS_ID_TOKEN_REQUEST_URL"], f"bearer {had['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"
        assert status(addresses, f"{addresses.api}/repos/acme/demo", f"token {had['GH_TOKEN']}") == 200
        assert status(addresses, *asked) == 200
        os.kill(addresses.pid, signal.SIGKILL)
        addresses = process.up(box)
        assert status(addresses, f"{addresses.api}/repos/acme/demo", f"token {had['GH_TOKEN']}") == 401
        assert status(addresses, *asked) == 401
        (run,) = workflows.runs(addresses)
        assert (run.conclusion, run.job("a").conclusion) == ("failure", "failure")
        assert "the sandbox was killed" in run.note
        command = Path(f"/proc/{had['PID']}/cmdline")
        assert not (command.exists() and command.read_bytes())  # a dead one that nobody collected has none
    finally:
        process.down(box)
