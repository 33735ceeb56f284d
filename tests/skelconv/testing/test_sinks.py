"""The check of sinks."""

import dataclasses
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import toy_plugin
from support.memory import MemoryReader, clip

from skelconv import BuildError, Clip, DatasetError
from skelconv.plugin import Assembly, Options, PathText, ReaderPlugin
from skelconv.testing import check_sink, installed_plugins

CLIPS = [clip("a"), clip("b", label=1, seed=1), clip("c", seed=2)]


MARK = b"toys"


def _write(whole: dict[str, Any], path: Path) -> None:
    path.write_bytes(MARK + pickle.dumps(whole))


class Sink:
    """Writes a pickle of everything; each of its steps can be replaced."""

    def __init__(self, **instead: Callable[..., Any]) -> None:
        self.target = Path("out/all.toys")
        self._instead = instead

    def encode(self, clip: Clip) -> bytes:
        return self._do("encode", pickle.dumps, clip)

    def assemble(self, clips: Assembly, path: Path) -> None:
        whole = {
            "clips": [pickle.loads(encoded) for encoded in clips],
            "ids": list(clips.ids),
            "splits": {name: list(members) for name, members in clips.splits.items()},
            "about": (list(clips.label_names), dict(clips.info)),
        }
        self._do("assemble", _write, whole, path)

    def _do(self, place: str, usual: Callable[..., Any], *arguments: Any) -> Any:
        return self._instead.get(place, usual)(*arguments)


class ReaderOptions(Options):
    path: PathText


def _read(options: ReaderOptions) -> MemoryReader:
    whole = pickle.loads(Path(options.path).read_bytes().removeprefix(MARK))
    return MemoryReader(whole["clips"], whole["splits"])


READER = ReaderPlugin(
    name="toys",
    summary="Toys",
    options=ReaderOptions,
    create=_read,
    recognises=lambda path: path.endswith(".toys"),
)


def test_a_good_sink_passes(tmp_path: Path) -> None:
    check_sink(Sink(), CLIPS)
    with installed_plugins(READER):
        check_sink(Sink(), CLIPS)
        check_sink(Sink(), CLIPS, tmp_path, splits={"all": [0, 1, 2], "none": []})
    assert sorted(tmp_path.rglob("*.toys"))


def test_a_sink_of_a_folder_that_no_reader_reads_passes() -> None:
    options = toy_plugin.SinkOptions(path="out/toy", folder=True)
    check_sink(toy_plugin.Sink(options), CLIPS)


def _needs_clips(whole: dict[str, Any], path: Path) -> None:
    if not whole["clips"]:
        raise BuildError("there are no clips")
    path.write_bytes(b"")


def test_a_format_that_needs_clips_passes() -> None:
    check_sink(Sink(assemble=_needs_clips), CLIPS)


class Differs:
    calls = 0

    def __call__(self, clip: Clip) -> bytes:
        self.calls += 1
        return pickle.dumps(clip) + bytes(self.calls)


def _differs(whole: dict[str, Any], path: Path) -> None:
    path.write_bytes(str(path).encode())


def _beside(whole: dict[str, Any], path: Path) -> None:
    path.write_bytes(b"")
    path.with_suffix(".log").touch()


def _fails_without_clips(whole: dict[str, Any], path: Path) -> None:
    path.write_bytes(str(whole["clips"][0]).encode())


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        (Sink(encode=str), "a: encoded as str, not bytes"),
        (Sink(encode=Differs()), "a: encoded differently each time"),
        (Sink(assemble=lambda whole, path: None), "wrote nothing at the path"),
        (Sink(assemble=_differs), "assembled differently each time"),
        (Sink(assemble=_beside), "left other files beside the path: all.log"),
        (Sink(assemble=_fails_without_clips), r"without clips, assemble raised IndexError"),
        (object(), "it has no target, or no methods"),
    ],
)
def test_faults_of_a_sink(sink: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_sink(sink, CLIPS)


def changed(change: Callable[[dict[str, Any]], object]) -> Sink:
    def assemble(whole: dict[str, Any], path: Path) -> None:
        if whole["clips"]:
            change(whole)
        _write(whole, path)

    return Sink(assemble=assemble)


def _clips(change: Callable[[Clip], Clip]) -> Callable[[dict[str, Any]], object]:
    return lambda whole: whole.update(clips=[change(clip) for clip in whole["clips"]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda whole: whole["clips"].reverse(), "the ids read back are .'c', 'b', 'a'., not"),
        (_clips(lambda clip: clip.replace(label=None)), "the labels read back are not those"),
        (lambda whole: whole["splits"].pop("val"), "the splits read back are"),
        (lambda whole: whole["splits"]["val"].append(0), "the splits read back are"),
        (
            _clips(lambda clip: clip.replace(keypoint=clip.keypoint.round())),
            "a: the keypoints read back differ",
        ),
    ],
)
def test_what_is_read_back_must_be_what_was_written(
    change: Callable[[dict[str, Any]], object], words: str
) -> None:
    with installed_plugins(READER), pytest.raises(AssertionError, match=words):
        check_sink(changed(change), CLIPS)


def test_what_a_reader_recognises_it_must_be_able_to_read() -> None:
    def damaged(options: ReaderOptions) -> MemoryReader:
        raise DatasetError("it is cut off", where=options.path)

    words = r"what it wrote cannot be read: .*first/all\.toys: it is cut off"
    broken = dataclasses.replace(READER, create=damaged)
    with installed_plugins(broken), pytest.raises(AssertionError, match=words):
        check_sink(Sink(), CLIPS)


def test_keypoints_of_a_lossy_format_are_not_compared() -> None:
    half = _clips(lambda clip: clip.replace(keypoint=clip.keypoint.astype(np.float16)))
    with installed_plugins(READER):
        check_sink(changed(half), CLIPS, lossy=True)


def test_there_must_be_clips() -> None:
    none: Sequence[Clip] = []
    with pytest.raises(AssertionError, match="no clips to check it on"):
        check_sink(Sink(), none)
