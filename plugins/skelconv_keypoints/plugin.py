"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from skelconv import ClipError
from skelconv.plugin import SourcePlugin, hookimpl
from skelconv.text import pip_install

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skelconv import Clip
    from skelconv.files import ClipFiles, Samples
    from skelconv.plugin import Guess
    from skelconv_keypoints import options as o
    from skelconv_keypoints.tracks import Tracks

_H5 = (".h5", ".hdf5")


def _files(
    options: o.KeypointsOptions,
    name: str,
    readers: Mapping[str, Callable[[str, str], Tracks]],
    names: Callable[[str], Sequence[str]] | None = None,
) -> ClipFiles:
    """Return the source; `names` is for the first of the endings."""
    from skelconv.files import ClipFiles, ClipFormat
    from skelconv_keypoints.tracks import to_clip

    def _load(read: Callable[[str, str], Tracks]) -> Callable[[str, str], Clip]:
        return lambda path, part: to_clip(
            read(path, part), name, units=options.units, img_shape=options.img_shape
        )

    formats = {
        ending: ClipFormat(_load(read), names if not at else None)
        for at, (ending, read) in enumerate(readers.items())
    }
    return ClipFiles(os.path.expanduser(options.root), options.catalog(), formats)


def _create_deeplabcut(options: o.FlatOptions) -> ClipFiles:
    from skelconv_keypoints.deeplabcut import read_csv

    def _csv(path: str, _: str) -> Tracks:
        return read_csv(path, options.max_bytes)

    def _h5(path: str, _: str) -> Tracks:
        if find_spec("h5py") is None:
            raise ClipError(f"its files need h5py ({pip_install('skelconv[h5]')})")
        from skelconv_keypoints.dlc_h5 import read_h5

        return read_h5(path, options.max_bytes)

    return _files(options, "deeplabcut", {".csv": _csv, **dict.fromkeys(_H5, _h5)})


def _create_sleap(options: o.KeypointsOptions) -> ClipFiles:
    from skelconv_keypoints.sleap_analysis import read_analysis
    from skelconv_keypoints.slp import read_slp, videos_in

    def _slp(path: str, video: str) -> Tracks:
        return read_slp(path, video, options.max_bytes)

    def _analysis(path: str, _: str) -> Tracks:
        return read_analysis(path, options.max_bytes)

    def _videos(path: str) -> Sequence[str]:
        return videos_in(path, options.max_bytes)

    readers = {".slp": _slp, **dict.fromkeys(_H5, _analysis)}
    return _files(options, "sleap", readers, _videos)


def _create_cvat(options: o.CvatOptions) -> ClipFiles:
    from skelconv_keypoints.cvat import clips_in, read_cvat

    def _xml(path: str, clip: str) -> Tracks:
        return read_cvat(path, clip, options.label, options.max_bytes)

    def _clips(path: str) -> Sequence[str]:
        return clips_in(path, options.max_bytes)

    return _files(options, "cvat", {".xml": _xml}, _clips)


def _create_pose_format(options: o.PoseFormatOptions) -> ClipFiles:
    from skelconv_keypoints.pose_format import read_pose

    def _pose(path: str, _: str) -> Tracks:
        return read_pose(
            path,
            components=options.components,
            channels=options.channels,
            max_bytes=options.max_bytes,
        )

    return _files(options, "pose", {".pose": _pose})


def _guess(function: str, samples: Samples) -> Guess | None:
    from skelconv_keypoints import guess

    found: Guess | None = getattr(guess, function)(samples)
    return found


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer a source for each program."""
    from skelconv_keypoints import options as o

    yield SourcePlugin(
        name="deeplabcut",
        summary="DeepLabCut's analysis of videos, csv or HDF5, a person for each individual",
        options=o.FlatOptions,
        guess=partial(_guess, "guess_deeplabcut"),
        create=_create_deeplabcut,
        example={
            "root": "data/deeplabcut",
            "img_shape": [480, 640],
            "labels": {"csv": "data/labels.csv"},
        },
    )
    yield SourcePlugin(
        name="sleap",
        summary="SLEAP: .slp with any number of videos, or analysis HDF5, a person for each track",
        options=o.KeypointsOptions,
        guess=partial(_guess, "guess_sleap"),
        create=_create_sleap,
        requires=(("h5py", "h5py>=3.10"),),
        example={"root": "data/sleap", "img_shape": [1024, 1024], "labels": {"folder": True}},
    )
    yield SourcePlugin(
        name="cvat",
        summary="CVAT's tracks of skeletons, XML of 'CVAT for video 1.1', a person for each track",
        options=o.CvatOptions,
        guess=partial(_guess, "guess_cvat"),
        create=_create_cvat,
        example={"root": "data/annotations", "labels": {"csv": "data/labels.csv"}},
    )
    yield SourcePlugin(
        name="pose-format",
        summary="pose-format's .pose, as of sign languages: body, hands and face",
        options=o.PoseFormatOptions,
        guess=partial(_guess, "guess_pose_format"),
        create=_create_pose_format,
        example={
            "root": "data/poses",
            "components": ["POSE_LANDMARKS", "LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS"],
            "labels": {"csv": "data/labels.csv"},
        },
    )
