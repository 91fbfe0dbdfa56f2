from __future__ import annotations

import contextlib
import io

import pytest
from twine.commands import check

from tagboat.adapters.inspection.description import description_findings
from tagboat.config.model import Component
from tagboat.core.verdict import Verdict

INFO = "tiny_boat-1.2.3.dist-info"
METADATA = "Metadata-Version: 2.4\nName: tiny-boat\nVersion: 1.2.3\n{extra}Description-Content-Type: {kind}\n\n{text}"
PUBLIC = Component("tiny-boat", distributions=("tiny-boat",), targets=("testpypi", "pypi"))


def metadata(extra: str = "", *, kind: str = "text/markdown", text: str = "# Tiny\n") -> str:
    return METADATA.format(extra=extra, kind=kind, text=text)


def test_sound_files_have_no_findings(dock):
    dock.wheel()
    dock.sdist()

    assert dock.inspect() == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("tiny_boat.py,sha256=", "tiny_boat.py,sha256=x"), "record-digest"),
        (lambda text: text.replace("tiny_boat.py,sha256=", "tiny_boat.py,md5="), "record-digest"),
        (lambda text: text.replace("tiny_boat.py,sha256=", "tiny_boat.py,"), "record-digest"),
        (lambda text: text.replace(",6\n", ",7\n"), "record-size"),
        (lambda text: text.replace(",6\n", ",\n"), "record-size"),
        (lambda text: text + "ghost.py,sha256=x,1\n", "record-extra"),
        (lambda text: text + text.splitlines()[0] + "\n", "record-twice"),
        (lambda text: "".join(text.splitlines(keepends=True)[1:]), "record-unlisted"),
        (lambda text: text + "only one field\n", "record-damaged"),
        (lambda text: text + '"open,,\n', "record-damaged"),
        (lambda text: "\udcff", "record-missing"),
    ],
)
def test_a_record_that_is_not_true_fails(dock, change, code):
    if code == "record-missing":
        dock.wheel(without=f"{INFO}/RECORD")
    else:
        dock.wheel(record=change)

    assert dock.inspect()[code].verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({f"{INFO}/METADATA": metadata().replace("tiny-boat", "other")}, "metadata-name"),
        ({f"{INFO}/METADATA": metadata().replace("1.2.3", "1.2.4")}, "metadata-version"),
        ({f"{INFO}/METADATA": metadata().replace("1.2.3", "one")}, "metadata-version"),
        ({f"{INFO}/METADATA": metadata("Requires-Dist: not a requirement (\n")}, "metadata-invalid"),
        ({f"{INFO}/METADATA": metadata("Requires-Python: three\n")}, "metadata-invalid"),
        ({f"{INFO}/METADATA": metadata("License-Expression: No Such Licence\n")}, "metadata-invalid"),
        ({f"{INFO}/METADATA": metadata("License-File: LICENSE\n")}, "licence-missing"),
        ({f"{INFO}/METADATA": metadata("Requires-Dist: other @ https://example.org/o.whl\n")}, "direct-reference"),
        ({f"{INFO}/METADATA": metadata("Classifier: Private :: Do Not Upload\n")}, "private"),
        ({f"{INFO}/METADATA": metadata(kind="text/strange")}, "metadata-invalid"),
        ({f"{INFO}/METADATA": metadata("Nonsense: x\n")}, "twine"),
        ({f"{INFO}/METADATA": metadata(text="")}, "description-missing"),
        ({f"{INFO}/METADATA": metadata(kind="text/x-rst", text="`open\n=\n\n.. nope::\n")}, "description-markup"),
        ({f"{INFO}/METADATA": metadata().replace("Description-Content-Type: text/markdown\n", "")}, "description-type"),
        ({f"{INFO}/METADATA": b"\xff\xfe"}, "metadata-missing"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 2.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}, "wheel-file"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\n"}, "wheel-tags"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nBuild: 2\nTag: py3-none-any\n"}, "wheel-build"),
        ({"tiny_boat.so": b"\x7fELF"}, "native-any"),
        ({f"{INFO}/entry_points.txt": "[console_scripts]\nrow = tiny_boat\n"}, "entry-points"),
        ({f"{INFO}/entry_points.txt": "[console_scripts]\nrow = tiny boat:main\n"}, "entry-points"),
        ({f"{INFO}/entry_points.txt": "row = tiny_boat:main\n"}, "entry-points"),
        ({"other-1.0.dist-info/METADATA": "x"}, "dist-info"),
        ({"other-1.0.data/scripts/x": "x"}, "data-folder"),
        ({"tiny_boat-1.2.3.data/etc/x": "x"}, "data-folder"),
        ({"tiny_boat.pyc": b"x"}, "wheel-contents-W001"),
        ({"__init__.py": "x"}, "wheel-contents-W006"),
    ],
)  # fmt: skip
def test_a_wheel_that_is_not_sound_fails(dock, files, code):
    dock.wheel(files)

    assert dock.inspect(component=PUBLIC)[code].verdict is Verdict.FAIL


def test_a_licence_file_in_metadata_that_does_not_know_them_yet_passes(dock):
    dock.wheel({f"{INFO}/METADATA": metadata("License-File: LICENSE\n").replace("2.4", "2.1")})

    assert dock.inspect() == {}


def test_habits_only_warn(dock):
    dock.wheel({"second.py": "x = 2\n", "tests/test_it.py": "x = 3\n"})

    findings = dock.inspect()

    assert findings["wheel-contents-W009"].verdict is Verdict.WARN
    assert findings["wheel-contents-W005"].verdict is Verdict.WARN
    assert all(finding.verdict is Verdict.WARN for finding in findings.values())


def test_a_private_package_may_say_so_to_a_private_index(dock):
    dock.wheel(
        {
            f"{INFO}/METADATA": metadata(
                "Classifier: Private :: Do Not Upload\nRequires-Dist: o @ https://e.org/o.whl\n"
            )
        }
    )

    assert dock.inspect(component=Component("tiny-boat", targets=("house",))) == {}


@pytest.mark.parametrize("version", ["1.2.3.dev1", "1.2.3+local"])
def test_a_version_that_is_not_final_is_refused_for_final_targets_alone(dock, version):
    info = f"tiny_boat-{version}.dist-info"
    dock.sdist(
        {"PKG-INFO": metadata().replace("1.2.3", version)},
        name=f"tiny_boat-{version}.tar.gz",
        top=info.removesuffix(".dist-info"),
    )

    assert set(dock.inspect(version=version)) == {"not-final"}
    assert dock.inspect(version=version, final=False) == {}


def test_files_of_another_version_than_the_released_one_fail(dock):
    dock.wheel()

    assert "wrong-version" in dock.inspect(version="1.2.4")
    assert dock.inspect(version="v1.2.3") == {}


@pytest.mark.parametrize(
    "name",
    [
        "tiny_boat.whl",
        "tiny_boat-1.2.3.whl",
        "tiny_boat-1.2.3-py3-none-any-x-y.whl",
        "tiny_boat-one-py3-none-any.whl",
        "tiny_boat-1.2.3-py3-none-any.zip",
        "tiny_boat-1.2.3.egg",
        "tiny boat-1.2.3-py3-none-any.whl",
        "tiny_boat-1.2.3-py3-none-\nany.whl",
        "tiny_boat-1.2.3-py3-none-any\u202e.whl",
    ],
)
def test_a_file_name_that_is_none_is_refused(dock, name):
    dock.wheel(name=name)

    assert set(dock.inspect(component=Component("x"))) & {"file-name", "sdist-format"}


def test_a_file_that_belongs_to_nobody_and_one_that_is_missing_are_named(dock):
    dock.wheel()
    component = Component("x", distributions=("Tiny.Boat", "other"))

    findings = dock.inspect(component=component)

    assert "other" in findings["distribution-missing"].reason
    assert (
        "tiny"
        in dock.inspect(component=Component("x", distributions=("other",)))["distribution-unexpected"].reason
    )


def test_all_wheels_that_were_asked_for_and_no_others_pass(dock):
    dock.wheel()

    assert dock.inspect(wheel_patterns=("py3-none-any",)) == {}
    assert set(dock.inspect(wheel_patterns=("py3-*", "cp312-*-manylinux*"))) == {"wheel-missing"}
    assert set(dock.inspect(wheel_patterns=("cp312-*",))) == {"wheel-missing", "wheel-unexpected"}


def test_an_sdist_must_be_there_just_when_it_was_asked_for(dock):
    dock.wheel()
    assert set(dock.inspect(sdist=True)) == {"sdist-missing"}
    dock.sdist()
    assert set(dock.inspect(sdist=False)) == {"sdist-unexpected"}


def test_nothing_at_all_fails(dock):
    assert set(dock.inspect()) == {"distribution-missing", "nothing-built"}


def test_bytes_that_changed_since_the_build_fail(dock, monkeypatch):
    path = dock.wheel()
    content = path.read_bytes()
    real = type(path).read_bytes
    monkeypatch.setattr(type(path), "read_bytes", lambda self: b"other" if self == path else real(self))
    findings = dock.inspect()

    assert "bytes-changed" in findings
    assert path.stat().st_size == len(content)


def test_files_that_describe_the_release_differently_are_shown(dock):
    dock.wheel()
    dock.sdist({"PKG-INFO": metadata("Summary: Another boat\n")})

    assert dock.inspect()["metadata-differs"].verdict is Verdict.WARN


def test_every_problem_is_reported_at_once(dock):
    dock.wheel(
        {f"{INFO}/METADATA": metadata(text=""), "tiny_boat.pyc": b"x"},
        record=lambda text: text + "ghost,sha256=,1\n",
    )
    dock.sdist({"evil.m4": "x"})

    assert {"record-extra", "description-missing", "wheel-contents-W001", "sdist-added"} <= set(
        dock.inspect()
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/markdown", "# fine"),
        ("text/markdown; variant=CommonMark", "`` broken"),
        ("text/plain", "anything"),
        ("text/x-rst", "Fine\n====\n"),
        ("text/x-rst; charset=UTF-8", "Broken\n==\n\n`open"),
        ("text/x-rst", ".. include:: /etc/passwd\n"),
        ("text/x-rst", ".. raw:: html\n\n   <b>x</b>\n"),
        ("text/markdown", ""),
        ("text/markdown", "UNKNOWN"),
    ],
)
def test_the_description_is_judged_as_twine_judges_it(dock, kind, text):
    path = dock.sdist({"PKG-INFO": metadata(kind=kind, text=text)})

    with contextlib.redirect_stdout(io.StringIO()):
        refused = check.check([str(path)], strict=True)
    assert bool(description_findings(path, strict=True)) is refused


@pytest.mark.parametrize("text", ["", "UNKNOWN"])
def test_without_strictness_a_missing_description_is_only_warned_of(dock, text):
    path = dock.sdist({"PKG-INFO": metadata(text=text)})

    assert {found.verdict for found in description_findings(path, strict=False)} == {Verdict.WARN}


def test_without_strictness_a_broken_description_still_fails(dock):
    path = dock.sdist({"PKG-INFO": metadata(kind="text/x-rst", text="Broken\n==\n\n`open")})

    assert {found.verdict for found in description_findings(path, strict=False)} == {Verdict.FAIL}
