import os

import pytest

from skelconv import BuildError, ClipError
from skelconv_ntu import roots
from skelconv_ntu.folder import Folder


def listed(root) -> dict[str, bytes]:
    return {entry.path: root.read(entry.ref) for entry in root.entries()}


def test_a_folder_gives_its_files_however_deep_in_a_fixed_order(fill):
    paths = ["b", "a/2", "a/1", "a/x/y/z", "c/1", "a10"]
    root = Folder(str(fill(paths, b"content")))
    assert [entry.path for entry in root.entries()] == ["a10", "b", "a/1", "a/2", "a/x/y/z", "c/1"]
    assert listed(root) == dict.fromkeys(paths, b"content")


def test_an_entry_has_the_size_and_time_of_its_file(fill):
    folder = fill(["a"], b"12345")
    os.utime(folder / "a", ns=(1, 1_234_567_890_000_000_000))
    (entry,) = Folder(str(folder)).entries()
    assert (entry.size, entry.mtime_ns) == (5, 1_234_567_890_000_000_000)


def test_links_are_followed_and_loops_of_links_end(fill, tmp_path):
    folder = fill(["here/a"])
    fill(["b"], folder="elsewhere")
    (folder / "here" / "up").symlink_to(folder)
    (folder / "here" / "itself").symlink_to(folder / "here" / "itself")
    (folder / "there").symlink_to(tmp_path / "elsewhere")
    (folder / "twin").symlink_to(tmp_path / "elsewhere")
    found = {entry.path: entry.fault for entry in Folder(str(folder)).entries()}
    assert set(found) == {"here/a", "here/itself", "there/b"}
    assert found["here/a"] == found["there/b"] == ""
    assert found["here/itself"].startswith("cannot be read: ")


def test_what_is_not_a_file_has_a_fault_and_is_not_opened(fill):
    folder = fill(["a"])
    os.mkfifo(folder / "pipe")
    (folder / "dangling").symlink_to(folder / "gone")
    found = {entry.path: entry.fault for entry in Folder(str(folder)).entries()}
    assert found == {
        "a": "",
        "pipe": "is not a regular file",
        "dangling": "cannot be read: no such file or directory",
    }


def test_a_file_that_is_gone_or_became_a_folder_is_the_clips_error(fill):
    folder = fill(["a", "b"])
    root = Folder(str(folder))
    one, other = root.entries()
    (folder / "a").unlink()
    (folder / "b").unlink()
    (folder / "b").mkdir()
    for entry, reason in ((one, "no such file or directory"), (other, "is a directory")):
        with pytest.raises(ClipError) as error:
            root.read(entry.ref)
        assert error.value.reason == f"cannot be read: {reason}"
        assert error.value.path == str(folder / entry.path)


def test_a_file_larger_than_any_raw_file_is_not_read(fill):
    folder = fill(["a"])
    os.truncate(folder / "a", roots.MAX_FILE_BYTES + 1)
    root = Folder(str(folder))
    (entry,) = root.entries()
    with pytest.raises(ClipError, match="no raw file is that large"):
        root.read(entry.ref)


def test_a_folder_that_cannot_be_listed_is_an_error(fill, monkeypatch):
    folder = fill(["a/1", "b/1"])
    real = os.listdir

    def listdir(path):
        if os.path.basename(os.path.normpath(path)) == "b":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)
    with pytest.raises(BuildError) as error:
        list(Folder(str(folder)).entries())
    assert error.value.what == "the folder cannot be listed: permission denied"
    assert error.value.where == str(folder / "b") + os.sep
