"""Taking the files that another machine built, such as cibuildwheel's."""

from __future__ import annotations

import shutil

from tagboat.errors import RefusedError
from tagboat.ports.builder import BuildRequest, Log


def adopt(request: BuildRequest, log: Log) -> None:
    """Copy the wheels, and the sdist where the shard has one, from the adopted folder to ``request.out``.

    Raises:
        RefusedError: no folder was given, or it holds no such file.
    """
    folder = request.adopt
    if folder is None or not folder.is_dir():
        raise RefusedError(
            f"the shard {request.shard.name} of {request.component.name} adopts files, and none were given",
            remedy="build it where it is built (cibuildwheel there) and name the folder with its files",
        )
    wanted = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    wanted = [
        path
        for path in wanted
        if (request.shard.wheel and path.suffix == ".whl")
        or (request.shard.sdist and path.name.endswith(".tar.gz"))
    ]
    if not wanted:
        raise RefusedError(
            f"the folder for the shard {request.shard.name} holds none of its files",
            remedy="see that the wheels stand directly in the folder",
        )
    for path in wanted:
        shutil.copyfile(path, request.out / path.name)
        log(f"adopted {path.name}")
