"""A wheel's RECORD (PEP 376, PEP 427): every file, its digest and its size, and nothing else.

PyPI was seen to warn only; installers check what RECORD names, so a file that it does not name is installed unseen.
"""

from __future__ import annotations

import base64
import binascii
import csv

from tagboat.adapters.inspection.contents import Contents
from tagboat.adapters.inspection.findings import fails, some
from tagboat.core.verdict import Finding

_UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")


def record_findings(file: str, contents: Contents, dist_info: str) -> list[Finding]:
    """Return each way in which RECORD is not true."""
    text = contents.text(f"{dist_info}/RECORD")
    if text is None:
        return [fails("record-missing", f"{file}: it has no readable RECORD")]
    try:
        rows = list(csv.reader(text.splitlines(), strict=True))
    except csv.Error as damage:
        return [fails("record-damaged", f"{file}: RECORD cannot be read: {damage}")]
    findings: list[Finding] = []
    listed: set[str] = set()
    exempt = {f"{dist_info}/{name}" for name in _UNHASHED}
    for row in rows:
        if len(row) != 3:
            findings.append(fails("record-damaged", f"{file}: RECORD has a line with {len(row)} fields"))
            continue
        if row[0] in listed:
            findings.append(fails("record-twice", f"{file}: RECORD names {row[0]} twice"))
        listed.add(row[0])
        findings += _row(file, row, contents, exempt)
    unlisted = sorted(set(contents.files) - listed - exempt)
    if unlisted:
        findings.append(fails("record-unlisted", f"{file}: RECORD does not name {some(unlisted)}"))
    return findings


def _row(file: str, row: list[str], contents: Contents, exempt: set[str]) -> list[Finding]:
    name, hashed, size = row
    member = contents.files.get(name)
    if member is None:
        folder = contents.members.get(name.rstrip("/"))
        if folder is not None and folder.kind == "folder":
            return []
        return [fails("record-extra", f"{file}: RECORD names {name}, which is not there")]
    if name in exempt:
        return []
    algorithm, _, value = hashed.partition("=")
    if algorithm != "sha256":
        return [
            fails("record-digest", f"{file}: RECORD gives {name} no SHA-256 but {algorithm or 'nothing'!r}")
        ]
    try:
        digest = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
    except (binascii.Error, ValueError):
        digest = ""
    findings = []
    if digest != member.sha256:
        findings.append(fails("record-digest", f"{file}: {name} has another digest than RECORD says"))
    if size != str(member.size):
        findings.append(
            fails("record-size", f"{file}: {name} has {member.size} bytes, and RECORD says {size or 'none'}")
        )
    return findings
