"""What a dialect without names of its own calls its components: as the projects in their folders are called."""

from __future__ import annotations

from tagboat.config.project import Tree, project_at
from tagboat.errors import RefusedError


def names_at(tree: Tree, folder: str) -> tuple[str, str]:
    """Return the component's name and the distribution's of the project in ``folder``.

    Where no file says a name, the component is called like its folder, and the distribution is "".

    Raises:
        ConfigError: a file of the project cannot be read.
    """
    try:
        project = project_at(tree, folder)
    except RefusedError:
        project = None
    name = project.distribution if project else ""
    return name or (folder if folder != "." else "project"), name
