"""Archives that somebody else has made: nothing leads out of them, and nothing fills the memory."""

import contextlib
import gzip
import io
import os
import subprocess
import sys
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.images import pack

from skelconv import BuildError, ClipError
from skelconv_video.places import Place, place_at

FILES = {"a/1.bin": b"one" * 1000, "a/2.bin": b"", "b c/ä.bin": bytes(range(256)) * 40}


def content(place: Place) -> dict[str, bytes]:
    return {each.path: place.read(each.path, 2**20) for each in place.entries()}


def faults(place: Place) -> dict[str, str]:
    return {each.path: each.fault for each in place.entries() if each.fault}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "A.TGZ"])
@pytest.mark.parametrize("deflated", [False, True])
def test_all_files_are_there(name: str, deflated: bool, tmp_path: Path) -> None:
    place = place_at(str(pack(tmp_path / name, FILES, deflated=deflated)))
    assert content(place) == FILES
    assert [each.size for each in place.entries()] == [3000, 0, 10240]
    assert sorted(place.names("a")) == ["1.bin", "2.bin"]
    assert place.names("") == place.names("gone") == []
    assert not place.has_video("b c/ä.bin")
    with place.opened("b c/ä.bin") as file:
        assert not isinstance(file, str)
        assert (file.seek(-5, os.SEEK_END), file.read(), file.read(1)) == (
            10235,
            FILES["b c/ä.bin"][-5:],
            b"",
        )
        assert (file.seek(300), file.read(2)) == (300, b"\x2c\x2d")


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_a_file_that_is_too_large_is_not_read(name: str, tmp_path: Path) -> None:
    place = place_at(str(pack(tmp_path / name, FILES)))
    with pytest.raises(ClipError, match=r"holds more than .* MB, and is not read"):
        place.read("a/1.bin", 2999)
    with pytest.raises(ClipError, match="it is not in the archive any more"):
        place.read("gone", 1)


@pytest.mark.parametrize("ending", ["zip", "tar"])
@pytest.mark.parametrize(
    "path", ["../x.mp4", "/etc/x.mp4", "a/../../x.mp4", "..\\x.mp4", "C:/x.mp4"]
)
def test_names_that_lead_out_are_faults(ending: str, path: str, tmp_path: Path) -> None:
    place = place_at(str(pack(tmp_path / f"a.{ending}", {"./b//c.bin": b"1", path: b"2"})))
    assert list(faults(place).values()) == ["its name leads out of the archive"]
    assert "b/c.bin" in [each.path for each in place.entries()]
    with pytest.raises(ClipError, match="leads out"), place.opened(next(iter(faults(place)))):
        pass


def test_links_and_devices_are_faults(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (("s", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("f", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    link = "it is a link, and links in archives are not followed"
    expected = {"f": "it is not a regular file", "h": link, "s": link}
    assert faults(place_at(str(tmp_path / "a.tar"))) == expected
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("s")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert faults(place_at(str(tmp_path / "a.zip"))) == {"s": link}


def test_a_name_that_is_there_twice_is_a_fault(tmp_path: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a", b"1")
        archive.writestr("./a", b"2")
    assert faults(place_at(str(tmp_path / "a.zip"))) == {"a": "is in the archive twice"}


def test_what_is_packed_in_another_way_is_a_fault(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"1" * 100)
    reason = "it is packed by a method that is not read here (14)"
    assert faults(place_at(str(tmp_path / "a.zip"))) == {"a": reason}
    data = bytearray(pack(tmp_path / "b.zip", {"a": b"1"}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert "encrypted" in faults(place_at(str(tmp_path / "b.zip")))["a"]


def test_damage_is_told(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", FILES)
    path.write_bytes(path.read_bytes().replace(b"oneone", b"oneOne", 1))
    place = place_at(str(path))
    with pytest.raises(ClipError, match="is damaged in the archive: wrong checksum"):
        place.read("a/1.bin", 2**20)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
@pytest.mark.parametrize("share", [0, 0.2, 0.6])
def test_an_archive_that_is_cut_short_is_refused(name: str, share: float, tmp_path: Path) -> None:
    path = pack(tmp_path / name, FILES)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(BuildError, match="the archive is cut short or damaged") as caught:
        list(place_at(str(path)).entries())
    assert caught.value.where == str(path)


def test_a_damaged_header_hides_no_files(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar", FILES)
    data = bytearray(path.read_bytes())
    at = data.index(b"a/2.bin")
    data[at + 148 : at + 156] = b"77777777"  # the checksum
    path.write_bytes(data)
    with pytest.raises(BuildError, match="damaged"):
        list(place_at(str(path)).entries())


@given(data=st.data())
def test_any_bytes_give_files_or_an_error_in_words(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = data.draw(st.sampled_from(["a.zip", "a.tar", "a.tar.gz"]))
    path = pack(tmp_path_factory.mktemp("noise") / name, FILES, deflated=True)
    noisy = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        noisy[data.draw(st.integers(0, len(noisy) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(noisy)
    place = place_at(str(path))
    with contextlib.suppress(BuildError):
        for entry in place.entries():
            with contextlib.suppress(ClipError):
                assert len(place.read(entry.path, 2**20)) == entry.size
            with contextlib.suppress(ClipError), place.opened(entry.path) as file:
                assert not isinstance(file, str)
                with contextlib.suppress(OSError):
                    assert len(file.read()) == entry.size


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A tar of 40 GB of zeros, and a zip that says it holds 2**40 bytes, in 512 MB of memory."""
    header = tarfile.TarInfo("a.mp4")
    header.size = 40 * 2**30
    with gzip.open(tmp_path / "a.tar.gz", "wb", compresslevel=1) as file:
        file.write(header.tobuf())
        file.write(bytes(2**20))
    record = tarfile.TarInfo("pax")
    record.type, record.size = tarfile.XHDTYPE, 2**31 - 512
    (tmp_path / "b.tar").write_bytes(record.tobuf())
    os.truncate(tmp_path / "b.tar", 2**31)
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "from skelconv import BuildError\n"
        "from skelconv_video.places import place_at\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        print(list(place_at(path).entries()))\n"
        "    except BuildError as error:\n"
        "        print(error.what)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.tar.gz"), str(tmp_path / "b.tar")],
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert first.endswith("it is packed far more densely than pictures can be")
    assert second.endswith("it has a record of 2,147,483,136 bytes")


def test_a_file_that_was_packed_out_of_proportion_is_not_unpacked(tmp_path: Path) -> None:
    data = bytearray(pack(tmp_path / "a.zip", {"a": b"1" * 1000}, deflated=True).read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (2**31).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    place = place_at(str(tmp_path / "a.zip"))
    with pytest.raises(ClipError, match="far more densely"), place.opened("a"):
        pass
    with pytest.raises(ClipError, match="holds more than"):
        place.read("a", 2**20)


def test_an_archive_that_changes_is_read_anew(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar", {"a": b"1"})
    assert content(place_at(str(path))) == {"a": b"1"}
    pack(path, {"b": b"22"})
    os.utime(path, ns=(1, 1))
    place = place_at(str(path))
    assert content(place) == {"b": b"22"}
    assert place.stamp(["b"]) == (2, 1)


def test_a_folder_may_be_called_like_an_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").mkdir()
    (tmp_path / "a.zip" / "x").write_bytes(io.BytesIO(b"1").getvalue())
    assert content(place_at(str(tmp_path / "a.zip"))) == {"x": b"1"}
