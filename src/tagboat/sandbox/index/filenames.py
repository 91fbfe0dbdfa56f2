"""What a file may be called: characters, extensions, agreement with the project and version, platform tags."""

from __future__ import annotations

import re
from typing import Final

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from tagboat.sandbox.index.refusals import bad

_EXTENSIONS: Final = {"sdist": (".tar.gz", ".zip"), "bdist_wheel": (".whl",)}
_LINUX: Final = "(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64|loongarch64)"
_MAC: Final = "(arm64|x86_64|i386|intel|universal|universal2|fat|fat32|fat64|ppc|ppc64)"
# Observed on PyPI: plain linux_* is refused, except for two ARM boards of old.
_PLATFORM: Final = re.compile(
    rf"any|win32|win_amd64|win_arm64|linux_armv[67]l|manylinux(1|2010|2014)_{_LINUX}"
    rf"|(many|musl)linux_\d+_\d+_{_LINUX}|macosx_\d+_\d+_{_MAC}"
    r"|ios_\d+_\d+_(arm64|x86_64)_iphone(os|simulator)|android_\d+_(arm64_v8a|x86_64|armeabi_v7a|x86)"
    r"|(pyodide|pyemscripten)_\d+_\d+_wasm32"
)


def check_name(filename: str, content_type: str, kind: str, help_: str) -> None:
    """Characters, extension and content type of the file part.

    Raises:
        web.HTTPBadRequest: The first of them that is wrong.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in filename):
        raise bad("Cannot upload a file with non-printable characters (ordinals 0-31) in the name.")
    if "/" in filename or "\\" in filename:
        raise bad("Cannot upload a file with '/' or '\\' in the name.")
    if not filename.endswith(_EXTENSIONS[kind]):
        known = " or ".join(_EXTENSIONS[kind])
        raise bad(
            f"Invalid file extension: Use {known} extension. See {help_}#file-extension for more information."
        )
    if not content_type or content_type.startswith("image/"):
        raise bad("Invalid distribution file.")


def check_agreement(filename: str, kind: str, name: str, version: Version) -> None:
    """The file's name is that of this project and version.

    Raises:
        web.HTTPBadRequest: It cannot be parsed, or speaks of another project or version.
    """
    try:
        if kind == "sdist":
            found_name, found_version = parse_sdist_filename(filename)
        else:
            found_name, found_version, _, _ = parse_wheel_filename(filename)
    except (InvalidSdistFilename, InvalidWheelFilename) as error:
        raise bad(f"Invalid filename: {error}") from None
    if found_name != canonicalize_name(name):
        prefix = canonicalize_name(name).replace("-", "_")
        raise bad(f"Start filename for {name!r} with {prefix!r}.")
    if found_version != version:
        raise bad(f"Version in filename should be {str(version)!r} not {str(found_version)!r}.")


def check_platforms(filename: str) -> None:
    """Every platform tag of a wheel is one that a public index takes.

    Raises:
        web.HTTPBadRequest: One is not.
    """
    for tag in parse_wheel_filename(filename)[3]:
        if not _PLATFORM.fullmatch(tag.platform):
            raise bad(f"Binary wheel {filename!r} has an unsupported platform tag {tag.platform!r}.")
