"""A work folder in which there is not what a build has written."""

import os
from pathlib import Path

import pytest

from skelconv.data.errors import BuildError
from skelconv.engine.spool import Spool
from skelconv.engine.status import status_of
from skelconv.engine.workdir import Workdir


@pytest.fixture
def workdir(tmp_path: Path) -> Workdir:
    made = Workdir(tmp_path / "out")
    made.path.mkdir()
    with Spool(made.path / "spool", bytes(32), 1):
        return made


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(workdir: Workdir) -> None:
    for name in ("build.json", "run.json", "digest"):
        os.mkfifo(workdir.path / name)
    with pytest.raises(BuildError, match="cannot be read now") as raised:
        workdir.earlier()
    assert raised.value.hint is None  # where the system refuses it, nothing says: discard it
    with pytest.raises(BuildError, match="the build cannot be read"):
        status_of(workdir)


@pytest.mark.parametrize("content", ["[" * 100_000, "[]", "{", "1" * 5000, '{"a": 1, "a": 2}'])
def test_json_that_is_not_what_a_build_writes(workdir: Workdir, content: str) -> None:
    for name in ("build.json", "run.json"):
        (workdir.path / name).write_text(content)
    with pytest.raises(BuildError, match="what an earlier build left here cannot be read"):
        workdir.earlier()
    with pytest.raises(BuildError, match="the build cannot be read"):
        status_of(workdir)


@pytest.mark.parametrize(("start", "items"), [("9" * 400, "1"), ("1", "1e400")])
def test_a_number_that_is_too_large(workdir: Workdir, start: str, items: str) -> None:
    text = f'{{"start": {start}, "items": {items}, "done": 0}}'
    (workdir.path / "run.json").write_text(text)
    with pytest.raises(BuildError, match="the build cannot be read"):
        status_of(workdir)
