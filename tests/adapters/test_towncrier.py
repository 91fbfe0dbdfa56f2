import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tagboat.adapters.towncrier import rendered
from tagboat.config.planning import Notes
from tagboat.config.project import Tree
from tagboat.errors import ConfigError, MissingExtraError
from tagboat.planner.notes import formats
from tagboat.planner.notes.fragments import fragments
from tagboat.planner.notes.heading import Heading

pytest.importorskip("towncrier")

DAY = date(2026, 1, 31)
HEADING = Heading("1.1.0", "v1.1.0", "v1.0.0", DAY)
FILES = {
    "news/1.feature": "A sail.",
    "news/2.bugfix.rst": "A leak\nin the hull.",
    "news/+x.misc": "An orphan.",
    "news/7.misc": "",
}
OLD = {
    "NEWS.rst": "News\n====\n\n.. towncrier release notes start\n\nboat 1.0.0 (2025-01-01)\n=======================\n\n- All.\n",
    "NEWS.md": "# News\n\n<!-- towncrier release notes start -->\n\n# boat 1.0.0 (2025-01-01)\n\n- All.\n",
}


def config(path: str, more: str = "") -> str:
    return f'[project]\nname = "boat"\n[tool.towncrier]\ndirectory = "news"\nfilename = "{path}"\n{more}'


def notes(path: str) -> Notes:
    return Notes(format="towncrier", path=path, fragments="pyproject.toml")


def drafted(files: dict[str, str], path: str) -> str:
    content = {name: text.encode() for name, text in files.items()}
    taken = fragments(Tree(content, content.__getitem__), notes(path))
    return rendered(taken.files, taken.config, name=taken.name, version="1.1.0", day=DAY)


@pytest.mark.parametrize("path", OLD)
@pytest.mark.parametrize("old", [True, False], ids=["an-old-changelog", "a-new-one"])
def test_the_changelog_is_the_one_that_towncrier_itself_writes(path: str, old: bool, tmp_path: Path) -> None:
    files = {**FILES, "pyproject.toml": config(path), **({path: OLD[path]} if old else {})}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    command = [
        sys.executable,
        "-m",
        "towncrier",
        "build",
        "--keep",
        "--version",
        "1.1.0",
        "--date",
        "2026-01-31",
    ]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=True)
    text = formats.section((), notes(path), HEADING, given=drafted(files, path))
    ours = formats.inserted(files.get(path), text, notes(path), HEADING)
    assert ours.rstrip() == (tmp_path / path).read_text().rstrip()


def test_a_projects_own_template_is_used() -> None:
    files = {
        **FILES,
        "pyproject.toml": config("NEWS.rst", 'template = "t.jinja"\n'),
        "t.jinja": "Ahoy {{ versiondata.version }}!",
    }
    assert drafted(files, "NEWS.rst") == "Ahoy 1.1.0!"


def test_templates_of_towncrier_s_own_are_used() -> None:
    files = {**FILES, "pyproject.toml": config("NEWS.rst", 'template = "towncrier:hr-between-versions"\n')}
    assert "A sail" in drafted(files, "NEWS.rst")


def test_no_package_of_the_project_s_choice_is_imported() -> None:
    files = {"pyproject.toml": config("NEWS.rst", 'template = "this:news.rst"\n').encode()}
    with pytest.raises(
        ConfigError, match="'this' is not imported: only towncrier's own templates are looked for"
    ):
        rendered(files, "pyproject.toml", name="boat", version="1.1.0", day=DAY)


def test_what_towncrier_refuses_is_told_with_its_words() -> None:
    more = 'issue_pattern = "[0-9]"\n'
    with pytest.raises(ConfigError, match=r"of pyproject\.toml: .*Issue name 'x12' does not match"):
        drafted({"pyproject.toml": config("NEWS.rst", more), "news/x12.misc": ""}, "NEWS.rst")


@pytest.mark.parametrize(
    "template",
    ["{{ 'a' * 2000000000 }}", "{% for a in range(99999) %}{{ 'a' * 99999 }}{% endfor %}", "{{ 1 / 0 }}"],
)
def test_a_template_that_breaks_its_bounds_is_an_error(template: str) -> None:
    files = {"pyproject.toml": config("NEWS.rst", 'template = "t.jinja"\n'), "t.jinja": template}
    with pytest.raises(ConfigError, match="towncrier cannot render the fragments"):
        drafted(files, "NEWS.rst")


@pytest.mark.parametrize("path", ["NEWS.rst", "NEWS.md"])
@pytest.mark.parametrize(
    "look",
    [
        "{{ cycler.__init__.__globals__.os.popen('touch ' + MARK).read() }}",
        "{{ get_indent.__globals__['os'].popen('touch ' + MARK).read() }}",
        "{{ (versiondata | attr('__class__')).__mro__[1].__subclasses__() }}",
        "{{ '{0.__class__.__mro__}'.format(versiondata) }}",
    ],
)
def test_a_hostile_template_runs_nothing(path: str, look: str, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    files = {
        **FILES,
        "pyproject.toml": config(path, 'template = "t.jinja"\n'),
        "t.jinja": look.replace("MARK", repr(str(mark))),
    }
    with pytest.raises(ConfigError, match=r"towncrier cannot render .*: jinja2\..*SecurityError: "):
        drafted(files, path)
    assert not mark.exists()


@pytest.mark.parametrize("key", ["issue_format", "title_format"])
@pytest.mark.parametrize("form", ["{issue.__class__}", "{name[0].__class__}", "{version:{name.__doc__}}"])
def test_a_form_of_issues_or_titles_looks_into_nothing(key: str, form: str) -> None:
    with pytest.raises(ConfigError, match=f"{key}: '.*' asks for more than a name"):
        drafted({**FILES, "pyproject.toml": config("NEWS.rst", f'{key} = "{form}"\n')}, "NEWS.rst")


def test_an_ordinary_form_of_issues_and_titles_is_kept() -> None:
    more = 'issue_format = "{{x.y}} `issue {issue} <i/{issue:>3}>`__"\ntitle_format = "{name} {version:.8} ({project_date})"\n'
    notes = drafted({**FILES, "pyproject.toml": config("NEWS.rst", more)}, "NEWS.rst")
    assert notes.startswith("boat 1.1.0 (2026-01-31)")
    assert "{x.y} `issue 1 <i/  1>`__" in notes


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "towncrier", None)
    with pytest.raises(MissingExtraError, match="the extra 'notes'"):
        drafted({"pyproject.toml": config("NEWS.rst")}, "NEWS.rst")


@pytest.mark.parametrize("path", ["/etc/x", "../x"])
def test_no_file_is_written_outside_of_its_folder(path: str) -> None:
    with pytest.raises(ConfigError, match="lies outside of the repository"):
        rendered({path: b""}, path, name="", version="1", day=DAY)
