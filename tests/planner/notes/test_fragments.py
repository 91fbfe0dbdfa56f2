import pytest

from tagboat.config.planning import Notes
from tagboat.config.project import Tree
from tagboat.errors import ConfigError
from tagboat.planner.notes.fragments import Fragments, fragments


def found(files: dict[str, str], config: str = "pyproject.toml") -> Fragments:
    content = {path: text.encode() for path, text in files.items()}
    tree = Tree(content, content.__getitem__)
    return fragments(tree, Notes(format="towncrier", path="NEWS.rst", fragments=config))


def test_fragments_stand_in_the_configured_folder() -> None:
    answer = found(
        {
            "pyproject.toml": '[tool.towncrier]\nname = "Boat"\ndirectory = "changes"\nfilename = "NEWS.md"\n',
            "changes/1.feature": "a",
            "changes/2.bugfix.rst": "b",
            "changes/+orphan.misc.3.md": "c",
            "changes/README.rst": "no fragment",
            "changes/notes.txt": "no fragment",
            "changes/old/3.feature": "deeper",
            "src/boat.py": "",
        }
    )
    assert answer.used == ("changes/+orphan.misc.3.md", "changes/1.feature", "changes/2.bugfix.rst")
    assert sorted(set(answer.files) - set(answer.used)) == [
        "changes/README.rst",
        "changes/notes.txt",
        "pyproject.toml",
    ]
    assert answer.name == "Boat"
    assert answer.start == "<!-- towncrier release notes start -->\n"


def test_without_a_folder_they_stand_below_the_package_and_each_section() -> None:
    config = '[tool.towncrier]\npackage = "boat"\npackage_dir = "src"\nstart_string = "MARK"\n'
    config += '[[tool.towncrier.section]]\npath = "hull"\n[[tool.towncrier.section]]\nname = "x"\npath = ""\n'
    files = {
        "src/boat/hull/newsfragments/1.doc": "a",
        "src/boat/newsfragments/2.removal": "b",
        "newsfragments/3.doc": "",
    }
    answer = found({"pyproject.toml": config, **files})
    assert answer.used == ("src/boat/hull/newsfragments/1.doc", "src/boat/newsfragments/2.removal")
    assert (answer.name, answer.start) == ("boat", "MARK")


def test_without_a_package_the_projects_name_counts() -> None:
    files = {"towncrier.toml": "[tool.towncrier]\n", "pyproject.toml": '[project]\nname = "boat"\n'}
    answer = found({**files, "boat/newsfragments/1.doc": "", "newsfragments/2.doc": ""}, "towncrier.toml")
    assert answer.used == ("boat/newsfragments/1.doc", "newsfragments/2.doc")
    assert answer.name == "boat"
    assert "pyproject.toml" in answer.files


@pytest.mark.parametrize(
    "types",
    [
        '[[tool.towncrier.type]]\ndirectory = "new"\n',
        '[[tool.towncrier.type]]\nname = "New"\n',
        "[tool.towncrier.fragment.new]\n",
    ],
)
def test_configured_types_replace_the_usual_ones(types: str) -> None:
    config = f'[tool.towncrier]\ndirectory = "n"\nignore = ["skip*"]\n{types}'
    answer = found({"pyproject.toml": config, "n/1.new": "", "n/2.feature": "", "n/Skip.new": ""})
    assert answer.used == ("n/1.new",)


def test_the_template_comes_along() -> None:
    config = '[tool.towncrier]\ndirectory = "n"\ntemplate = "n/t.jinja"\n'
    assert found({"pyproject.toml": config, "n/t.jinja": "x"}).files["n/t.jinja"] == b"x"
    with pytest.raises(ConfigError, match=r"template: there is no file 'n/t\.jinja'"):
        found({"pyproject.toml": config})


@pytest.mark.parametrize("template", ["towncrier:single-file-no-bullets", "towncrier.templates:default.rst"])
def test_a_template_of_towncrier_s_own_is_one_that_it_finds_itself(template: str) -> None:
    config = f'[tool.towncrier]\ndirectory = "n"\ntemplate = "{template}"\n'
    assert list(found({"pyproject.toml": config}).files) == ["pyproject.toml"]


@pytest.mark.parametrize(
    "template", ["evil:news", "evil.towncrier:news.rst", "towncrier.x:news", "evil:x\\n"]
)
def test_a_template_of_another_package_is_refused_because_finding_it_imports_the_package(
    template: str,
) -> None:
    config = f'[tool.towncrier]\ndirectory = "n"\ntemplate = "{template}"\n'
    with pytest.raises(ConfigError, match=r"template: 'evil|template: 'towncrier\.x") as caught:
        found({"pyproject.toml": config, "evil:x\n": ""})
    assert "imports" in caught.value.cause
    assert "copy the template into the repository" in caught.value.remedy


@pytest.mark.parametrize("key", ["directory", "template"])
@pytest.mark.parametrize("path", ["../x", "/etc", "a/../../x"])
def test_a_place_outside_of_the_repository_is_refused(key: str, path: str) -> None:
    with pytest.raises(ConfigError, match=f"{key}: .* lies outside of the repository"):
        found({"pyproject.toml": f'[tool.towncrier]\n{key} = "{path}"\n'})


def test_a_configuration_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"towncrier\.toml is not there"):
        found({}, "towncrier.toml")


def test_more_fragments_than_can_be_are_refused() -> None:
    many = {f"n/{number}.misc": "" for number in range(5_001)}
    with pytest.raises(ConfigError, match="5001 fragments, more than 5000"):
        found({"pyproject.toml": '[tool.towncrier]\ndirectory = "n"\n', **many})
    with pytest.raises(ConfigError, match="more than 8388608 bytes"):
        found({"pyproject.toml": '[tool.towncrier]\ndirectory = "n"\n', "n/1.misc": "x" * (8 << 20)})
