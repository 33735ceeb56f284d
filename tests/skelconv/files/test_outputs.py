"""The digest of an output, and what its provenance says of it."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from skelconv.files import output_digest, recorded_output
from skelconv.files.outputs import output_files, output_size, provenance_path

NAMES = ["a", "a.b/c", "a.b/.h", "A/x", "a-/z", "é/1", "b/c/d", "b/c.d"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name * 3)
    return folder


def test_the_digest_of_a_folder_is_of_names_and_digests(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(NAMES, key=lambda name: Path(name).parts)
    ]
    assert output_digest(folder) == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert output_size(folder) == 3 * len("".join(NAMES).encode())


def test_folders_behind_links_and_what_is_not_a_file_do_not_count(folder: Path) -> None:
    before = output_files(folder)
    (folder / "folder").symlink_to(folder / "b")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to("nothing")
    os.mkfifo(folder / "pipe")
    assert output_files(folder) == before
    (folder / "link").symlink_to(folder / "a")
    assert len(output_files(folder)) == len(before) + 1


def test_a_file_is_its_own_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert output_digest(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        output_digest(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("content", "known"),
    [
        ({"output": {"bytes": 3, "sha256": "00"}}, True),
        ({"output": {"bytes": "3", "sha256": "00"}}, False),
        ({"output": {"bytes": 3}}, False),
        ({"output": []}, False),
        ({}, False),
        ([], False),
    ],
)
def test_what_provenance_says(tmp_path: Path, content: object, known: bool) -> None:
    provenance_path(tmp_path / "a").write_text(json.dumps(content))
    assert (recorded_output(tmp_path / "a") is not None) == known


def test_provenance_that_is_nested_too_deep_is_none(tmp_path: Path) -> None:
    provenance_path(tmp_path / "a").write_text("[" * 100_000 + "]" * 100_000)
    assert recorded_output(tmp_path / "a") is None
