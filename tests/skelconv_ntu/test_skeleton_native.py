"""How the compiled reader is built and found, and that it stays within its memory."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skelconv_ntu import skeleton_native
from skelconv_ntu.doctor import check_reader
from skelconv_ntu.skeleton_native import LIBRARY, SOURCE, read_native
from skelconv_ntu.skeleton_plain import SkeletonFileError, read_plain
from skelconv_ntu.synthetic import synthetic_skeleton

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Have the reader's source and library in a folder of their own."""
    source, library = tmp_path / SOURCE.name, tmp_path / LIBRARY.name
    shutil.copy(SOURCE, source)
    shutil.copy(LIBRARY, library)
    monkeypatch.setattr(skeleton_native, "SOURCE", source)
    monkeypatch.setattr(skeleton_native, "LIBRARY", library)
    skeleton_native.library.cache_clear()
    yield source, library
    skeleton_native.library.cache_clear()


def test_is_there():
    assert callable(skeleton_native.library())
    assert [(result.status, result.hint) for result in check_reader()] == [("ok", ())]


def test_a_library_of_another_source_is_not_used(copied):
    source, _ = copied
    source.write_text(source.read_text() + "\n")
    assert "another version" in skeleton_native.library()


@pytest.mark.parametrize("content", [None, b"", b"no library\n"])
def test_doctor_says_that_it_is_missing_or_damaged(copied, content):
    _, library = copied
    library.unlink()
    if content is not None:
        library.write_bytes(content)
    (result,) = check_reader()
    assert result.status == "warning"
    assert "more slowly, with the same result" in result.what
    assert library.name in result.what
    assert "pip install" in result.hint[0]


NUMBERS = (
    "0 7 -7 5. -5. .5 -.5 -0 -0.0 00.5 0.1 -0.1234567 0.12345678 0.123456789 "
    "9.99999999 12.5 -123.4567 1.5E-05 1e3 nan NaN inf 1.2.3 1..2 .. . - -- --1 -.- "
    "1- 1-2 1.-2 +1 1,5 1:5 1/5 0x1 1.5e"
)


@pytest.mark.parametrize(
    "text", [*NUMBERS.split(" "), "1\t2", "1 2", "", "\t1.5", "1.5\t", "1.5\r", "1\r\r5"]
)
@pytest.mark.parametrize("field", range(12))
def test_takes_in_each_field_what_the_plain_reader_takes(text, field):
    lines = synthetic_skeleton(1, frames=3, line_end="\n").split(b"\n")
    fields = lines[9].split(b" ")
    fields[field] = text.encode()
    lines[9] = b" ".join(fields)
    data = b"\n".join(lines)
    try:
        expected = read_plain(data)
    except SkeletonFileError:
        assert read_native(data) is None
    else:
        found = read_native(data)
        assert found is not None
        assert [a.tobytes() for a in found[1:]] == [a.tobytes() for a in expected[1:]]


def test_reads_large_files_and_small_ones_in_turn():
    small = synthetic_skeleton(1, frames=3)
    large = synthetic_skeleton(2, frames=600, bodies=6)
    for data in (small, large, small):
        found, expected = read_native(data), read_plain(data)
        assert found is not None
        assert [a.tobytes() for a in found[1:]] == [a.tobytes() for a in expected[1:]]


def test_stays_within_its_memory(tmp_path):
    """Under AddressSanitizer and UndefinedBehaviorSanitizer, on mutated files."""
    found = subprocess.run(
        [sys.executable, "tests/fuzz/sanitized.py", "--count", "3000", "--keep", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "3000 inputs" in found.stdout


class TestBuild:
    """What ``pip install`` does, by the build hook's own functions."""

    @pytest.fixture
    def build(self, tmp_path, monkeypatch):
        tree = tmp_path / "plugins" / "skelconv_ntu"
        tree.mkdir(parents=True)
        shutil.copy(SOURCE, tree)
        return tmp_path, load_hook(monkeypatch)

    def test_compiles_beside_the_source(self, build):
        root, hook = build
        library = hook.compile_reader(root)
        assert (root / library).is_file()
        assert sorted(path.name for path in (root / library).parent.iterdir()) == [
            SOURCE.name,
            LIBRARY.name,
        ]

    def test_a_compiler_that_fails_leaves_nothing(self, build, monkeypatch):
        root, hook = build
        monkeypatch.setenv("CC", shutil.which("false"))
        monkeypatch.setattr(hook, "zig", lambda: None)
        assert hook.compile_reader(root) is None
        assert [path.name for path in (root / hook.SOURCE).parent.iterdir()] == [SOURCE.name]

    def test_asks_for_a_compiler_where_there_is_none(self, build, monkeypatch, tmp_path):
        _, hook = build
        monkeypatch.delenv("CC", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert hook.system_compiler() is None
        assert hook.SkeletonReader().dependencies() == ["ziglang"]
        monkeypatch.setenv("CC", "clang -m64")
        assert hook.system_compiler() == ["clang", "-m64"]
        assert hook.SkeletonReader().dependencies() == []


class Interface:
    """As much of hatchling's interface as the functions here need."""

    target_name = "wheel"

    def __class_getitem__(cls, _):
        return cls


def load_hook(monkeypatch):
    """Import the hook with a stand-in for hatchling, which only a build has."""
    names = "hatchling", "hatchling.builders", "hatchling.builders.hooks"
    names = *names, "hatchling.builders.hooks.plugin", "hatchling.builders.hooks.plugin.interface"
    for name in names:
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    interface = sys.modules[names[-1]]
    interface.BuildHookInterface = Interface
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    return hook
