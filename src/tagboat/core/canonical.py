"""One spelling of JSON, so that a digest means the same thing everywhere.

The form is RFC 8785 in spirit: sorted keys, no insignificant space, UTF-8, and no floats (a float's text differs
between writers, so durations are kept out of everything that is digested).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

_NO_FORM = "only str, int, bool, None, lists and string-keyed mappings have a canonical form"

JSON = str | int | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]


def canonical(value: JSON) -> str:
    """Return the one JSON text of ``value``.

    Raises:
        TypeError: ``value`` holds a float or another type without a canonical form.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: JSON) -> str:
    """Return the SHA-256 of the canonical text of ``value``, in lower-case hex."""
    # hashlib loads all of OpenSSL for it, which takes longer than a plan's digest; random has its digest so, too.
    try:
        made = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:
        made = import_module("hashlib").sha256
    return str(made(canonical(value).encode()).hexdigest())


def _refuse_floats(value: object) -> None:
    if value is None or isinstance(value, str | int):  # most values, and quicker to tell than a Mapping
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(_NO_FORM)
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
    else:
        raise TypeError(_NO_FORM)
