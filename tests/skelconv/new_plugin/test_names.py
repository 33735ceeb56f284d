"""Names that are refused, with one that would do; and nothing is overwritten."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import SkelconvError
from skelconv.cli.app import run
from skelconv.new_plugin.names import check_name
from skelconv.new_plugin.writing import KINDS


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "said", "better"),
    [
        ("my plugin", "has lower-case letters", "my-plugin"),
        ("../x", "has lower-case letters", "x"),
        ("/tmp/x", "has lower-case letters", "tmp-x"),
        ("AcmeGestures", "has lower-case letters", "acme-gestures"),
        ("acme_gestures", "has lower-case letters", "acme-gestures"),
        ("acme--x-", "has lower-case letters", "acme-x"),
        ("3d-poses", "has lower-case letters", "d-poses"),
        ("", "has lower-case letters", "acme-gestures"),
        ("größe", "has lower-case letters", "gr-e"),
        ("a\n", "has lower-case letters", "a"),
        ("x" * 41, "40 characters at most", "x" * 40),
        ("$(id)", "has lower-case letters", "id"),
        ("class", "a word of Python's", "acme-class"),
        ("match", "a word of Python's", "acme-match"),
        ("json", "package json would hide another", "acme-json"),
        ("tests", "package tests would hide another", "acme-tests"),
        ("openpose", "the source 'openpose' of skelconv is called so", "acme-openpose"),
        ("coco17", "the layout 'coco17' of skelconv is called so", "acme-coco17"),
        ("toy-drop", "the transform 'toy-drop' of toy-plugin is called so", "acme-toy-drop"),
        ("numpy", "a package numpy is installed", "acme-numpy"),
        ("skelconv", "a package skelconv is installed", "acme-skelconv"),
        ("skelconv-ntu", "a package skelconv_ntu is installed", "acme-skelconv-ntu"),
    ],
)
def test_a_name_that_cannot_be(name: str, said: str, better: str, here: Path, capsys) -> None:
    assert run(["new-plugin", "--kind", "split", "--", name]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert f"  such as {better}\n" in err
    assert not list(here.iterdir())
    check_name(better)


def test_a_kind_that_is_none(here: Path, capsys) -> None:
    assert run(["new-plugin", "acme-x", "--kind", "detecter"]) == 1
    assert "did you mean 'detector'?" in capsys.readouterr().err
    assert run(["new-plugin", "acme-x", "--kind", "check"]) == 1
    assert run(["new-plugin", "acme-x"]) == 1
    assert not list(here.iterdir())


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_is_overwritten(there: str, here: Path, capsys) -> None:
    path = here / "acme-x"
    if there == "file":
        path.write_text("mine")
    elif there == "folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")
    assert run(["new-plugin", "acme-x", "--kind", "split"]) == 1
    assert "acme-x: there is a file or folder of this name already" in capsys.readouterr().err
    assert [one.name for one in here.rglob("*")] == ["acme-x"]


def test_nothing_is_left_of_what_cannot_be_written(here: Path, capsys, monkeypatch) -> None:
    written = Path.write_bytes

    def fail(path: Path, *arguments: object, **more: object) -> int:
        if path.name == "README.md":
            raise OSError(28, "No space left on device", str(path))
        return written(path, *arguments, **more)

    monkeypatch.setattr(Path, "write_bytes", fail)
    assert run(["new-plugin", "acme-x", "--kind", "split"]) == 1
    assert "README.md: cannot be written: No space left on device" in capsys.readouterr().err
    assert not list(here.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_printed(kind: str, here: Path, capsys) -> None:
    assert run(["new-plugin", "acme-x", "--kind", kind]) == 0
    out, err = capsys.readouterr()
    plan = {"source": " && skelconv plan acme-x:all"}.get(kind, "")
    if kind in ("transform", "split", "sink", "reader", "layout"):
        plan = " && skelconv plan recipe.yaml"
    assert err == f"next: cd acme-x && pip install -e '.[test]' && pytest{plan}\n"
    there = [one for one in here.rglob("*") if one.is_file()]
    assert out.splitlines() == sorted(os.path.relpath(one, here) for one in there)


@given(st.text(max_size=60))
def test_whatever_is_given_a_name_is_safe_or_refused(name: str) -> None:
    try:
        check_name(name)
    except SkelconvError as error:
        better = str(error.hint).removeprefix("such as ")
        check_name(better)
    else:
        assert name.replace("-", "").isalnum()
        assert name.isascii()
        assert len(name) <= 40
