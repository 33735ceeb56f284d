"""A plugin for tests of the engine: clips made of their number, and every way to go wrong."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from skelconv import Clip, ClipDropped, ClipError, Layout, PluginError
from skelconv.plugin import (
    Assembly,
    Inventory,
    Item,
    Options,
    PathText,
    Rejected,
    SinkPlugin,
    SourcePlugin,
    SplitPlugin,
    TransformPlugin,
    Unmade,
    hookimpl,
)


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class SourceOptions(Options):
    clips: int = Field(10, ge=0, description="How many clips there are.")
    behave: dict[int, str] = Field({}, description="What the clip of this number does instead.")
    absent: list[str] = Field([], description="Names that are said to be absent.")
    rejected: list[str] = Field([], description="Names that are rejected in the inventory.")
    notes: list[str] = Field([], description="What the source says of its files as a whole.")
    log: str | None = Field(
        None, description="Folder of a file `log` that the id of each loaded clip is added to."
    )
    layout: str | None = Field(None, description="The layout that all clips are said to have.")
    weights: PathText | None = Field(None, description="A file that the clips would depend on.")
    seconds: float = Field(0, ge=0, description="How long a clip takes.")
    start: str = Field(
        "", description="What a worker does as it starts: die, die-until:FILE or read:FILE."
    )
    broken: bool = Field(False, description="Whether the source cannot be made in a worker.")


class Source:
    def __init__(self, options: SourceOptions) -> None:
        self._options = options

    def prepare(self) -> None:
        die_as_told(self._options.start)

    def inventory(self) -> Inventory:
        options = self._options
        return Inventory(
            items=[Item(f"clip{n:06}", n) for n in range(options.clips)],
            absent=options.absent,
            rejected=[Rejected(name, "not a clip", f"{name}.txt") for name in options.rejected],
            label_names=("even", "odd"),
            notes=options.notes,
            layout=options.layout,
        )

    def load(self, item: Item) -> Clip:
        options = self._options
        if options.log:
            with open(Path(options.log, "log"), "a") as log:
                log.write(f"{item.id}\n")
        if options.seconds:  # to sleep for no time would still give the core to others
            time.sleep(options.seconds)
        number: int = item.ref
        behaviour = options.behave.get(number, "")
        if behaviour == "error":
            raise ClipError("letters in line 7", path=f"{item.id}.txt", line=7)
        if behaviour == "bug":
            raise ZeroDivisionError("a fault of the plugin")
        if behaviour == "plugin":
            raise PluginError("the model lacks an operation", hint="install it")
        if behaviour.startswith("CUDA"):
            raise RuntimeError(behaviour)
        if behaviour == "exit":
            sys.exit(3)
        if behaviour == "mute":
            raise MuteError
        if behaviour == "surrogate":
            raise ClipError("\udcff")
        if behaviour == "rename":
            return make_clip(item.id + "x", number)
        if behaviour == "nobody":
            return make_clip(item.id, number).take("M", [])
        if behaviour == "other layout":
            return make_clip(item.id, number).replace(layout="other2")
        if behaviour == "none":
            return None  # type: ignore[return-value]
        die_as_told(behaviour)
        if behaviour == "hang":
            signal.pause()
        if behaviour == "freeze":  # as a dead network mount does; no timer of its own ends it
            os.kill(os.getpid(), signal.SIGSTOP)
        if behaviour.startswith("read:"):
            Path(behaviour[5:]).read_bytes()
        if behaviour.startswith("error-until:") and not Path(behaviour[12:]).exists():
            raise ClipError("not yet")
        if behaviour.startswith("wait:"):
            Path(behaviour[5:]).open().close()  # a pipe: until someone opens its other end
        return make_clip(item.id, number)


def die_as_told(behaviour: str) -> None:
    if behaviour.startswith("read:"):
        Path(behaviour.removeprefix("read:")).read_bytes()
    if behaviour.startswith("die-until:") and not Path(behaviour[10:]).exists():
        Path(behaviour[10:]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if behaviour == "die":
        os.kill(os.getpid(), signal.SIGKILL)


def make_clip(clip_id: str, number: int) -> Clip:
    keypoint = np.full((1, 2 + number % 3, 2, 3), number, dtype=np.float32)
    return Clip(clip_id, keypoint, "toy2", label=number % 2)


def create_source(options: SourceOptions) -> Source:
    if options.broken:
        raise ClipError("no luck")
    return Source(options)


class DropOptions(Options):
    every: int = Field(description="Drop clips whose number is a multiple of this.")


def create_drop(options: DropOptions):
    def drop(clip: Clip) -> Clip:
        if int(clip.keypoint[0, 0, 0, 0]) % options.every == 0:
            raise ClipDropped(f"a multiple of {options.every}")
        return clip

    return drop


class DivideOptions(Options):
    into: dict[int, int] = Field({}, description="How many clips the clip of a number gives.")
    otherwise: int = Field(2, description="How many the others give.")
    behave: dict[str, str] = Field({}, description="What is done for a clip of this id instead.")
    listed: list[str] = Field([], description="Ids that it says are in its table.")
    mark: str = Field("@", description="What is behind the id.")
    relabel: bool = Field(False, description="Whether the clips get other labels.")


class Divide:
    """Gives the frames of a clip again and again, with the number of the piece added."""

    def __init__(self, options: DivideOptions) -> None:
        self._options = options

    def listed(self) -> list[str]:
        return self._options.listed

    def divide(self, clip: Clip) -> Iterator[Clip | Unmade]:
        options = self._options
        number = int(clip.keypoint[0, 0, 0, 0])
        for piece in range(options.into.get(number, options.otherwise)):
            name = f"{clip.id}{options.mark}{piece}"
            behaviour = options.behave.get(name, "")
            if behaviour == "unmade-error":
                yield Unmade(name, ClipError(f"piece {piece} is beyond the end", "table.csv", 3))
            elif behaviour == "unmade-drop":
                yield Unmade(name, ClipDropped("nobody wants it"))
            elif behaviour == "error":
                raise ClipError("cannot be divided")
            elif behaviour == "drop":
                raise ClipDropped("not worth it")
            elif behaviour == "bug":
                raise RuntimeError("a bug")
            elif behaviour.startswith("read:"):
                Path(behaviour[5:]).read_bytes()
                yield clip.replace(id=name)
            elif behaviour.startswith("id:"):
                yield clip.replace(id=behaviour[3:])
            elif behaviour == "text":
                yield "a clip"  # type: ignore[misc]
            else:
                label = 1 - number % 2 if options.relabel else clip.label
                yield clip.replace(id=name, keypoint=clip.keypoint + piece, label=label)


class RefuseOptions(Options):
    ids: dict[str, str] = Field({}, description="By id: error, drop, error-until:FILE or bug.")


def create_refuse(options: RefuseOptions):
    def refuse(clip: Clip) -> Clip:
        behaviour = options.ids.get(clip.id, "")
        if behaviour == "error":
            raise ClipError(f"{clip.id} is refused")
        if behaviour == "drop":
            raise ClipDropped("refused")
        if behaviour == "bug":
            raise RuntimeError("a bug")
        if behaviour.startswith("error-until:") and not Path(behaviour[12:]).exists():
            raise ClipError("not yet")
        return clip

    return refuse


class HalvesOptions(Options):
    bad: str = Field("", description="An id that cannot be assigned.")
    others: list[str] = Field([], description="Parts that no clip is in.")
    listed: list[str] = Field([], description="Ids that it says are in its lists.")
    both: bool = Field(False, description="Each clip is in both halves.")
    outside: list[str] = Field([], description="Ids that are in no part.")
    named: dict[str, list[str]] = Field({}, description="Parts of ids that its lists name.")


class Halves:
    names: Sequence[str] = ("low", "high")

    def __init__(self, options: HalvesOptions) -> None:
        self._bad = options.bad
        self._options = options
        self.names = (*self.names, *options.others)

    def listed(self) -> Iterator[str]:
        yield from self._options.listed
        yield from self._options.named

    def assign(self, clip_id: str) -> list[str]:
        if clip_id == self._bad:
            raise ValueError("no number")
        if clip_id in self._options.named:
            return self._options.named[clip_id]
        if clip_id in self._options.outside:
            return []
        if self._options.both:
            return ["low", "high"]
        return ["low" if int(clip_id[4:]) < 5 else "high"]


class SinkOptions(Options):
    path: str = Field(description="The output.")
    folder: bool = Field(False, description="Write a folder with a file for each clip.")
    fail_after: int | None = Field(None, description="Fail after writing so many clips.")


class Sink:
    """Writes a line for each clip: what can be compared is what can be read."""

    def __init__(self, options: SinkOptions) -> None:
        self.target = Path(options.path)
        self._options = options

    def encode(self, clip: Clip) -> bytes:
        shape = "x".join(map(str, clip.keypoint.shape))
        return f"{clip.id} {clip.label} {shape} {clip.keypoint.sum():g}\n".encode()

    def assemble(self, clips: Assembly, path: Path) -> None:
        if self._options.folder:
            path.mkdir()
            for clip_id, line in zip(clips.ids, clips, strict=True):
                (path / clip_id).write_bytes(line)
            return
        with open(path, "wb") as file:
            for written, line in enumerate(clips):
                if written == self._options.fail_after:
                    raise OSError(28, "No space left on device", str(path))
                file.write(line)
            for name, members in clips.splits.items():
                ids = " ".join(clips.ids[row] for row in members)
                file.write(f"{name}: {ids}\n".encode())


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    yield SourcePlugin(name="toy", summary="Toy", options=SourceOptions, create=create_source)


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    yield Layout(name="toy2", summary="Two joints", joints=("a", "b"), bones=((1, 0),))
    yield Layout(name="other2", summary="Two others", joints=("c", "d"), bones=((1, 0),))


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    yield TransformPlugin(name="toy-drop", summary="Drop", options=DropOptions, create=create_drop)
    yield TransformPlugin(
        name="toy-divide", summary="Divide", options=DivideOptions, create=Divide, divides=True
    )
    yield TransformPlugin(
        name="toy-refuse", summary="Refuse", options=RefuseOptions, create=create_refuse
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    yield SplitPlugin(name="toy-halves", summary="Halves", options=HalvesOptions, create=Halves)


@hookimpl
def skelconv_sinks() -> Iterator[SinkPlugin]:
    yield SinkPlugin(name="toy", summary="Text", options=SinkOptions, create=Sink)
