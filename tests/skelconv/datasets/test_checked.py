"""Opening a dataset compares it with its provenance, once for each file and machine."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import DatasetError, verify
from skelconv.cli.app import run
from skelconv.datasets import checked
from skelconv.engine import provenance

FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "pickle": ("out.pkl", {}),
    "zarr": ("out.zarr", {}),
    "kpfiles": ("out", {}),
    "kpfiles of many clips": ("out", {"raw_file_prefix": "k400"}),
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing was checked yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(checked, "_checked_here", set())
    return tmp_path / "cache"


@pytest.fixture
def digests(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The outputs whose digest was computed."""
    found: list[Path] = []
    compute = checked.output_digest

    def counted(path: Path) -> str:
        found.append(path)
        return compute(path)

    monkeypatch.setattr(checked, "output_digest", counted)
    return found


def build(folder: Path, form: str = "pickle", seed: int = 3) -> Path:
    name, options = FORMS[form]
    source = folder / "in.pkl"
    rng = np.random.default_rng(seed)
    annotations = [
        {
            "frame_dir": f"clip{number}",
            "label": number,
            "img_shape": (480, 640),
            "original_shape": (480, 640),
            "total_frames": 5,
            "keypoint": rng.uniform(1, 400, (1, 5, 17, 2)).astype(np.float16),
            "keypoint_score": rng.uniform(0.1, 1, (1, 5, 17)).astype(np.float16),
        }
        for number in range(4)
    ]
    source.write_bytes(pickle.dumps(annotations))
    skelconv.convert(source, folder / name, sink=form.split()[0], options=options, fresh=True)
    return folder / name


def flip(file: Path, where: float) -> None:
    content = bytearray(file.read_bytes())
    content[int((len(content) - 1) * where)] ^= 0x10
    file.write_bytes(content)


def files(output: Path) -> list[Path]:
    return [file for file in [output, *output.rglob("*")] if file.is_file()]


@pytest.mark.parametrize("form", FORMS)
def test_a_flipped_bit_is_an_error(tmp_path: Path, form: str) -> None:
    output = build(tmp_path, form)
    assert skelconv.open(output).checked == "its digest is that of its provenance"
    for file in files(output):
        sound = file.read_bytes()
        for where in (0, 0.3, 0.6, 1):
            flip(file, where)
            with pytest.raises(DatasetError, match="its digest differs"):
                skelconv.open(output)
            file.write_bytes(sound)
    assert len(skelconv.open(output)) == 4


@pytest.mark.parametrize("form", FORMS)
def test_another_size_is_an_error(tmp_path: Path, form: str, digests: list[Path]) -> None:
    output = build(tmp_path, form)
    with files(output)[-1].open("ab") as file:
        file.write(b".")
    with pytest.raises(DatasetError, match=r"it has [\d,]+ bytes, not [\d,]+") as caught:
        skelconv.open(output)
    assert f"remove {output.name}.skelconv.json" in str(caught.value)
    assert digests == []


def test_a_file_more_or_less_is_an_error(tmp_path: Path) -> None:
    output = build(tmp_path, "kpfiles")
    (output / "kpfiles" / "empty").touch()
    with pytest.raises(DatasetError, match="its digest differs"):
        skelconv.open(output)


class TestOnceForEachFile:
    def test_it_is_not_computed_again(self, tmp_path: Path, digests: list[Path]) -> None:
        output = build(tmp_path)
        for _ in range(3):
            skelconv.open(output)
            checked._checked_here.clear()  # as in another process
        assert digests == [output]
        skelconv.open(output, verify="always")
        assert digests == [output] * 2

    def test_it_is_when_the_file_is_another(self, tmp_path: Path, digests: list[Path]) -> None:
        output = build(tmp_path)
        skelconv.open(output)
        shutil.copy(output, tmp_path / "copy")
        os.replace(tmp_path / "copy", output)
        skelconv.open(output)
        os.utime(output, ns=(0, 0))
        skelconv.open(output)
        assert digests == [output] * 3

    def test_a_change_that_keeps_the_time_is_found(self, tmp_path: Path) -> None:
        output = build(tmp_path)
        skelconv.open(output)
        status = output.stat()
        flip(output, 0.5)
        os.utime(output, ns=(status.st_atime_ns, status.st_mtime_ns))
        with pytest.raises(DatasetError, match="its digest differs"):
            skelconv.open(output)

    def test_workers_do_not_compute_it(self, tmp_path: Path, digests: list[Path]) -> None:
        dataset = skelconv.open(build(tmp_path))
        again = pickle.loads(pickle.dumps(dataset))
        assert len(digests) == 1
        assert again.checked == dataset.checked

    def test_a_cache_that_cannot_be_written(
        self, tmp_path: Path, cache: Path, digests: list[Path]
    ) -> None:
        cache.write_text("in the way")
        output = build(tmp_path)
        skelconv.open(output)
        skelconv.open(output)
        assert digests == [output]  # this process knows it all the same

    def test_what_is_in_the_cache_is_never_believed_but_for_its_name(
        self, tmp_path: Path, cache: Path
    ) -> None:
        output = build(tmp_path)
        skelconv.open(output)
        (mark,) = (cache / "skelconv" / "checked").iterdir()
        assert mark.stat().st_size == 0
        mark.write_bytes(b"\x80\x04.")
        flip(output, 0.5)
        with pytest.raises(DatasetError, match="its digest differs"):
            skelconv.open(output)

    def test_it_does_not_grow_for_ever(
        self, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checked, "_KEPT", 8)
        output = build(tmp_path)
        for time in range(30):
            os.utime(output, ns=(0, time))
            skelconv.open(output)
        assert len(list((cache / "skelconv" / "checked").iterdir())) <= 8


class TestNotChecked:
    def test_it_says_so(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        output = build(tmp_path)
        sound = json.loads((tmp_path / "out.pkl.skelconv.json").read_text())
        flip(output, 0.99)
        assert skelconv.open(output, verify="never").checked == "not checked, as verify is 'never'"
        (tmp_path / "out.pkl.skelconv.json").write_text("{")
        assert "out.pkl.skelconv.json cannot be read" in skelconv.open(output).checked
        (tmp_path / "out.pkl.skelconv.json").write_text(json.dumps({**sound, "output": 1}))
        assert "out.pkl.skelconv.json cannot be read" in skelconv.open(output).checked
        (tmp_path / "out.pkl.skelconv.json").unlink()
        assert run(["inspect", str(output)]) == 0
        assert "checked: not checked: there is no provenance" in capsys.readouterr().out

    def test_an_unknown_value(self, tmp_path: Path) -> None:
        with pytest.raises(DatasetError, match="verify is 'yes', not one of: auto, always, never"):
            skelconv.open(build(tmp_path), verify="yes")


class TestCommands:
    @pytest.mark.parametrize(
        "command",
        [
            lambda path: ["inspect", path],
            lambda path: ["stats", path],
            lambda path: ["diff", path, path],
            lambda path: ["convert", path, f"{path}.zarr"],
            lambda path: ["merge", path, path, f"{path}.zarr"],
        ],
        ids=["inspect", "stats", "diff", "convert", "merge"],
    )
    def test_they_end_with_exit_code_1(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        command: Callable[[str], list[str]],
    ) -> None:
        output = build(tmp_path)
        flip(output, 0.5)
        assert run(command(str(output))) == 1
        assert "it is not what its provenance describes" in capsys.readouterr().err
        assert not list(tmp_path.glob("*.zarr"))

    def test_a_change_on_purpose_is_read(self, tmp_path: Path) -> None:
        output = build(tmp_path)
        flip(output, 0.5)
        never = ["--read", "verify=never"]
        assert run(["stats", str(output), *never]) == 0
        assert run(["convert", str(output), str(tmp_path / "b.zarr"), *never]) == 0

    def test_verify_lists_it(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        output = build(tmp_path)
        flip(output, 0.5)
        assert run(["verify", str(output)]) == 1
        assert "its digest differs" in capsys.readouterr().out
        assert "its digest differs" in str(verify(output).findings[0])
        (tmp_path / "out.pkl.skelconv.json").write_text("[")
        assert "its provenance cannot be read" in [one.what for one in verify(output).findings]


class TestWhereTheProvenanceIs:
    def test_beside_the_folder_of_a_table(self, tmp_path: Path) -> None:
        output = build(tmp_path, "kpfiles")
        flip(next((output / "kpfiles").iterdir()), 0.5)
        with pytest.raises(DatasetError, match="its digest differs"):
            skelconv.open(output / "annotations.pkl")
        assert not verify(output / "annotations.pkl").sound

    def test_beside_what_a_link_leads_to(self, tmp_path: Path) -> None:
        output = build(tmp_path)
        (tmp_path / "link.pkl").symlink_to(output)
        assert "its digest is" in skelconv.open(tmp_path / "link.pkl").checked
        flip(output, 0.5)
        with pytest.raises(DatasetError, match="its digest differs"):
            skelconv.open(tmp_path / "link.pkl")


class TestWhileItIsBuilt:
    """An output is put in its place first, and its provenance after it."""

    @pytest.mark.parametrize("form", FORMS)
    def test_it_is_opened_in_between(
        self, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        output = build(tmp_path, form)
        seen = []
        write = provenance.write_provenance

        def look(*arguments: Any, **keywords: Any) -> None:
            seen.append(skelconv.open(output).checked)
            write(*arguments, **keywords)

        monkeypatch.setattr(provenance, "write_provenance", look)
        build(tmp_path, form, seed=4)
        assert seen == ["its digest is that of the build that has just written it"]
        assert skelconv.open(output).checked == "its digest is that of its provenance"

    def test_after_a_crash_in_between_damage_is_still_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        output = build(tmp_path)

        def crash(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(provenance, "write_provenance", crash)
            with pytest.raises(KeyboardInterrupt):
                build(tmp_path, seed=4)
        assert len(skelconv.open(output)) == 4
        flip(output, 0.5)
        with pytest.raises(DatasetError, match="its digest differs"):
            skelconv.open(output)

    def test_it_is_replaced_while_it_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        output = build(tmp_path)
        compute = checked.output_digest

        def replaced(path: Path) -> str:
            monkeypatch.setattr(checked, "output_digest", compute)
            build(tmp_path, seed=4)
            return compute(path)

        monkeypatch.setattr(checked, "output_digest", replaced)
        assert skelconv.open(output).checked == "its digest is that of its provenance"
