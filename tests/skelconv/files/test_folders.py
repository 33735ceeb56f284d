import os

import pytest
from support.folders import fill

from skelconv import BuildError
from skelconv.files import walk


def test_files_are_found_however_deep_in_a_fixed_order(tmp_path):
    root = fill(
        tmp_path / "root", dict.fromkeys(["b", "a/2", "a/1", "a/x/y/z", "c/1", "a10"], "12345")
    )
    os.utime(root / "b", ns=(1, 1_234_567_890_000_000_000))
    entries = list(walk(str(root)))
    assert [e.path for e in entries] == ["a10", "b", "a/1", "a/2", "a/x/y/z", "c/1"]
    assert (entries[1].size, entries[1].mtime_ns) == (5, 1_234_567_890_000_000_000)


def test_links_are_followed_and_loops_of_links_end(tmp_path):
    root = fill(tmp_path / "root", {"here/a": ""})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b").touch()
    (root / "here" / "up").symlink_to(root)
    (root / "here" / "itself").symlink_to(root / "here" / "itself")
    (root / "there").symlink_to(tmp_path / "elsewhere")
    (root / "twin").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(root / "pipe")
    found = {entry.path: entry.fault for entry in walk(str(root))}
    assert found.keys() == {"here/a", "here/itself", "there/b", "pipe"}
    assert found["here/a"] == found["there/b"] == ""
    assert found["pipe"] == "is not a regular file"
    assert found["here/itself"].startswith("cannot be read: ")


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path):
    with pytest.raises(BuildError) as caught:
        list(walk(str(tmp_path / "gone")))
    assert caught.value.what == "the folder cannot be listed: no such file or directory"
    assert str(tmp_path / "gone") in caught.value.where
