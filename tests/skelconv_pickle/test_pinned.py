"""A dataset that is built again while it is read: readers see one dataset to the end."""

import gc
import json
import multiprocessing
import os
import pickle
import shutil
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import ClipError, Dataset, DatasetError
from skelconv_pickle import pinned
from skelconv_pickle.pinned import PinnedFile

CLIPS = 6
FORMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "pickle": ("out.pkl", "pickle", {}),
    "kpfiles": ("out", "kpfiles", {}),
    "kpfiles of many clips": ("out", "kpfiles", {"raw_file_prefix": "k400"}),
}


def build(folder: Path, value: float, form: str = "pickle") -> Path:
    """Build a dataset in which all coordinates have a value, in the place of an earlier one."""
    name, sink, options = FORMS[form]
    annotations = [
        {
            "frame_dir": f"clip{number}",
            "label": number,
            "img_shape": (480, 640),
            "original_shape": (480, 640),
            "total_frames": 50,
            "keypoint": np.full((1, 50, 17, 2), value, np.float16),
            "keypoint_score": np.ones((1, 50, 17), np.float16),
        }
        for number in range(CLIPS)
    ]
    (folder / "in.pkl").write_bytes(pickle.dumps(annotations))
    skelconv.convert(folder / "in.pkl", folder / name, sink=sink, options=options, fresh=True)
    return folder / name


def values(dataset: Dataset) -> list[float]:
    return [float(np.unique(clip.keypoint).item()) for clip in dataset]


def read_when_told(dataset: Dataset, pipe: Connection) -> None:
    """Read all clips in another process each time that the pipe says so."""
    while pipe.recv():
        try:
            pipe.send(values(dataset))
        except ClipError as error:
            pipe.send(str(error))


@pytest.fixture
def worker() -> Iterator[Callable[[Dataset, str], Callable[[], Any]]]:
    """Start processes that read a dataset whenever they are called."""
    started: list[tuple[Any, Connection]] = []

    def start(dataset: Dataset, method: str) -> Callable[[], Any]:
        context = multiprocessing.get_context(method)
        pipe, theirs = context.Pipe()
        process = context.Process(target=read_when_told, args=(dataset, theirs), daemon=True)
        process.start()
        started.append((process, pipe))

        def read() -> Any:
            pipe.send(True)
            assert pipe.poll(60)
            return pipe.recv()

        return read

    yield start
    for process, pipe in started:
        pipe.send(False)
        process.join()


class TestAPickle:
    def test_the_old_one_is_read_to_the_end(self, tmp_path: Path) -> None:
        dataset = skelconv.open(build(tmp_path, 1))
        clips = iter(dataset)
        assert next(clips).keypoint.max() == 1
        for value in (2, 3):
            build(tmp_path, value)
            assert {float(clip.keypoint.max()) for clip in dataset[1:]} == {1}
        assert {float(clip.keypoint.max()) for clip in clips} == {1}
        assert values(skelconv.open(dataset.path)) == [3] * CLIPS

    @pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
    def test_in_workers_too(self, tmp_path: Path, worker: Any, method: str) -> None:
        dataset = skelconv.open(build(tmp_path, 1))
        before = worker(dataset, method)
        build(tmp_path, 2)
        after = worker(dataset, method)  # as the workers of the next epoch
        assert before() == after() == [1] * CLIPS
        build(tmp_path, 1)
        assert before() == after() == values(dataset) == [1] * CLIPS

    def test_workers_after_a_fork_do_not_disturb_each_other(
        self, tmp_path: Path, worker: Any
    ) -> None:
        dataset = skelconv.open(build(tmp_path, 1))
        readers = [worker(dataset, "fork") for _ in range(3)]
        found: list[Any] = []
        threads = [
            threading.Thread(target=lambda read=read: found.extend(read() for _ in range(20)))
            for read in readers
        ]
        for thread in threads:
            thread.start()
        for _ in range(20):
            assert values(dataset) == [1] * CLIPS
        for thread in threads:
            thread.join()
        assert found == [[1] * CLIPS] * 60


@pytest.mark.parametrize("form", FORMS)
class TestSentElsewhere:
    """What is pickled and loaded later opens what is at the path then."""

    def test_the_same_bytes_are_read(self, tmp_path: Path, form: str) -> None:
        output = build(tmp_path, 1, form)
        dataset = skelconv.open(output)
        sent = pickle.dumps(dataset)
        copy = shutil.copytree if output.is_dir() else shutil.copy
        copy(output, tmp_path / "copy")
        os.utime(tmp_path / "copy", ns=(0, 0))
        for file in (tmp_path / "copy").rglob("*"):
            os.utime(file, ns=(0, 0))
        output.rename(tmp_path / "aside")
        os.replace(tmp_path / "copy", output)
        assert values(pickle.loads(sent)) == values(dataset) == [1] * CLIPS

    def test_others_are_refused(self, tmp_path: Path, form: str) -> None:
        dataset = skelconv.open(build(tmp_path, 1, form))
        sent = pickle.dumps(dataset)
        build(tmp_path, 2, form)
        with pytest.raises(ClipError, match=r"since (it|the dataset) was opened"):
            pickle.loads(sent)[0]


class TestKpfiles:
    @pytest.mark.parametrize("form", ["kpfiles", "kpfiles of many clips"])
    def test_two_datasets_are_never_mixed(self, tmp_path: Path, form: str) -> None:
        dataset = skelconv.open(build(tmp_path, 1, form))
        assert dataset[0].keypoint.max() == 1
        build(tmp_path, 2, form)
        with pytest.raises(ClipError, match="its folder was replaced since the dataset was opened"):
            dataset[1]
        assert values(skelconv.open(dataset.path)) == [2] * CLIPS

    @pytest.mark.parametrize("form", FORMS)
    def test_a_build_that_gives_the_same_bytes_is_not_noticed(
        self, tmp_path: Path, form: str
    ) -> None:
        output = build(tmp_path, 1, form)
        dataset = skelconv.open(output)
        number = output.stat().st_ino
        known = Path(f"{output}.skelconv.json").read_text()
        build(tmp_path, 1, form)
        assert output.stat().st_ino == number
        assert (
            json.loads(known)["output"]
            == json.loads(Path(f"{output}.skelconv.json").read_text())["output"]
        )
        assert values(dataset) == values(pickle.loads(pickle.dumps(dataset))) == [1] * CLIPS


class TestPinnedFile:
    def test_a_change_in_place_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"one")
        file = PinnedFile(path)
        assert file.raw().read() == b"one"
        path.write_bytes(b"other")
        with pytest.raises(ValueError, match="was changed since"):
            file.raw()

    def test_another_time_is_not_another_file(self, tmp_path: Path) -> None:
        """As long as its provenance says what its bytes were."""
        dataset = skelconv.open(build(tmp_path, 1))
        os.utime(tmp_path / "out.pkl", ns=(0, 0))
        assert values(dataset) == [1] * CLIPS
        changed = (tmp_path / "out.pkl").read_bytes().replace(b"clip5", b"clip9")
        (tmp_path / "out.pkl").write_bytes(changed)
        with pytest.raises(ClipError, match="was changed since"):
            dataset[0]

    def test_only_so_many_stay_open(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pinned, "_HELD_OPEN", 10)
        gc.collect()
        before = len(os.listdir("/dev/fd"))
        files = []
        for number in range(100):
            (tmp_path / str(number)).write_bytes(bytes([number]))
            files.append(PinnedFile(tmp_path / str(number)))
        assert [file.raw().read()[0] for file in files] == list(range(100))
        assert len(os.listdir("/dev/fd")) - before <= 10
        del files
        gc.collect()
        assert len(os.listdir("/dev/fd")) <= before

    def test_what_is_not_a_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.pkl")
        with pytest.raises(DatasetError, match="not a regular file"):
            skelconv.open(tmp_path / "a.pkl")
        (tmp_path / "b.pkl").mkdir()
        with pytest.raises(DatasetError, match="is a directory"):
            skelconv.open(tmp_path / "b.pkl")

    def test_a_stream_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"0123456789")
        with PinnedFile(tmp_path / "a").buffered() as file:
            assert (file.read(3), file.tell()) == (b"012", 3)
            assert (file.seek(-2, os.SEEK_END), file.read()) == (8, b"89")
            assert (file.seek(1), file.seek(2, os.SEEK_CUR), file.read(1)) == (1, 3, b"3")
