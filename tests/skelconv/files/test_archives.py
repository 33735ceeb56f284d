import os
import struct
import zipfile
import zlib

import pytest

from skelconv import BuildError, ClipError
from skelconv.files import MemberRef, ZipArchive

NAME = "S001C001P001R001A001.skeleton"
MOST = 2**26


@pytest.fixture
def pack(tmp_path):
    """Make an archive of a mapping of names to contents."""

    def make(members, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "raw.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return path

    return make


def patch(path, signature: bytes, offset: int, value: bytes) -> None:
    """Change bytes at an offset from the first occurrence of a signature."""
    content = bytearray(path.read_bytes())
    at = content.index(signature) + offset
    content[at : at + len(value)] = value
    path.write_bytes(content)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def opened(path) -> ZipArchive:
    return ZipArchive(str(path), ".skeleton", MOST, "name the folder", "max_file_mb")


def read_one(path) -> bytes:
    root = opened(path)
    (entry,) = root.entries()
    return root.read(entry.ref)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read_in_place(pack, method, tmp_path):
    members = {"raw/": b"", "raw/a": b"1" * 1000, "raw/b/c": b"", "d": bytes(range(256))}
    path = pack(members, method)
    root = opened(path)
    found = {entry.path: root.read(entry.ref) for entry in root.entries()}
    assert found == {name: content for name, content in members.items() if name != "raw/"}
    assert [found.name for found in tmp_path.iterdir()] == ["raw.zip"]


def test_an_entry_has_the_size_and_date_of_its_member(tmp_path):
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(NAME, (2016, 4, 11, 12, 30, 2)), b"12345")
        archive.writestr(zipfile.ZipInfo("no date", (1980, 0, 0, 0, 0, 0)), b"")
    dated, undated = opened(tmp_path / "raw.zip").entries()
    assert dated.size == 5
    assert dated.mtime_ns == 1_460_377_802 * 10**9
    assert undated.mtime_ns == 0


def test_an_archive_behind_other_bytes_is_read(pack):
    path = pack({NAME: b"content"})
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert read_one(path) == b"content"


def test_names_that_lead_elsewhere_are_just_names(pack, tmp_path):
    names = [f"../../{NAME}", f"/etc/{NAME}", f"C:\\{NAME}"]
    root = opened(pack(dict.fromkeys(names, b"x")))
    assert [entry.path for entry in root.entries()] == names
    assert [root.read(entry.ref) for entry in root.entries()] == [b"x"] * 3
    assert [found.name for found in tmp_path.iterdir()] == ["raw.zip"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"x" * 100_000, END * 10])
def test_a_file_that_is_not_an_archive(tmp_path, content):
    (tmp_path / "raw.zip").write_bytes(content)
    with pytest.raises(BuildError) as error:
        list(opened(tmp_path / "raw.zip").entries())
    assert error.value.what == "this is neither a folder nor a .zip archive"
    assert error.value.where == str(tmp_path / "raw.zip")
    assert error.value.hint is not None


def test_an_archive_that_is_cut_short(pack):
    path = pack({NAME: b"content", "b": b"content"})
    whole = path.read_bytes()
    for length in range(4, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(BuildError) as error:
            list(opened(path).entries())
        assert error.value.what.startswith("the zip archive is cut short or damaged: ")
        assert error.value.hint == "download the archive again"


def test_an_encrypted_archive(pack):
    path = pack({NAME: b"content"})
    patch(path, CENTRAL, 8, b"\x01\x00")
    with pytest.raises(BuildError, match="the archive is encrypted") as error:
        list(opened(path).entries())
    assert error.value.where == f"{path}/{NAME}"


def test_an_archive_that_is_packed_in_another_way(pack):
    path = pack({NAME: b"content"}, zipfile.ZIP_BZIP2)
    with pytest.raises(BuildError, match=r"a method that is not read here \(12\)"):
        list(opened(path).entries())


def test_a_member_that_claims_too_much_is_not_unpacked(pack):
    path = pack({NAME: b"content"})
    patch(path, CENTRAL, 24, struct.pack("<I", MOST + 1))
    with pytest.raises(
        ClipError, match=r"more than 64 MB, and is not read \(option max_file_mb\)"
    ) as error:
        read_one(path)
    assert error.value.path == f"{path}/{NAME}"


def test_a_member_that_holds_more_than_it_claims_is_not_unpacked(pack, monkeypatch):
    path = pack({NAME: bytes(10_000_000)})
    patch(path, CENTRAL, 24, struct.pack("<I", 100))
    unpacked = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, *args):
            self._inflater = real(*args)

        def decompress(self, data, most):
            content = self._inflater.decompress(data, most)
            unpacked.append(len(content))
            return content

        @property
        def eof(self):
            return self._inflater.eof

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(ClipError, match="it does not hold the 100 bytes that it claims"):
        read_one(path)
    assert unpacked == [101]


@pytest.mark.parametrize(
    ("signature", "offset", "value", "reason"),
    [
        (CENTRAL, 24, struct.pack("<I", 8), "it does not hold the 8 bytes that it claims"),
        (CENTRAL, 16, b"\0\0\0\0", "wrong checksum"),
        (CENTRAL, 42, struct.pack("<I", 3), "there is no member where the archive says"),
        (CENTRAL, 42, struct.pack("<I", 2**31), "the archive ends before it"),
        (CENTRAL, 20, struct.pack("<I", 10_000), "the archive ends within it"),
        (LOCAL, 0, b"XXXX", "there is no member where the archive says"),
        (LOCAL, 26, b"\xff\xff", "the archive ends within it"),
        (LOCAL, 30 + len(NAME), b"\xff", "Error -3 while decompressing data: invalid block type"),
    ],
)
def test_a_damaged_member_is_the_clips_error(pack, signature, offset, value, reason):
    path = pack({NAME: b"content"})
    patch(path, signature, offset, value)
    with pytest.raises(ClipError) as error:
        read_one(path)
    assert error.value.reason == f"damaged in the archive: {reason}"
    assert error.value.path == f"{path}/{NAME}"


def test_an_archive_that_is_gone_is_the_clips_error(pack):
    path = pack({NAME: b"content"})
    root = opened(path)
    (entry,) = root.entries()
    path.unlink()
    with pytest.raises(ClipError, match="cannot be read: no such file or directory"):
        root.read(entry.ref)


def test_any_one_changed_byte_is_an_error_or_harmless(pack):
    # Of a whole archive: nothing but the two kinds of error may come out, and no other content.
    path = pack({NAME: b"the content, the content"})
    whole = path.read_bytes()
    for at in range(len(whole)):
        for bit in (0x01, 0x80):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            try:
                root = opened(path)
                contents = [root.read(entry.ref) for entry in root.entries()]
            except (BuildError, ClipError):
                continue
            assert contents in ([b"the content, the content"], [])


def test_a_pipe_in_the_place_of_an_archive_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.zip")
    archive = opened(tmp_path / "a.zip")
    with pytest.raises(BuildError, match="cannot be read: not a regular file"):
        list(archive.entries())
    with pytest.raises(ClipError, match="cannot be read: not a regular file"):
        archive.read(MemberRef("a", 0, 1, 1, 0, 0))


def test_a_member_without_a_name(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"1")
    path.write_bytes(
        path.read_bytes().replace(b"x1", b"1").replace(b"\x01\x00\x00\x00x", b"\x01\x00\x00\x00x")
    )
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 28 : entry + 30] = b"\0\0"
    del content[entry + 46 : entry + 47]
    end = content.index(b"PK\x05\x06")
    content[end + 12 : end + 16] = (end - entry).to_bytes(4, "little")
    path.write_bytes(content)
    (only,) = opened(path).entries()
    assert only.path == ""
