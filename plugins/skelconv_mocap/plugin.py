"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from skelconv.plugin import SourcePlugin, hookimpl
from skelconv_mocap import references

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skelconv import Clip
    from skelconv.files import ClipFiles, Samples
    from skelconv.plugin import Guess
    from skelconv_mocap import options as o

# What is beside the recordings of a person in AMASS: the person's shape.
_SHAPE = ("shape.npz", "neutral_stagei.npz", "male_stagei.npz", "female_stagei.npz")


def _files(
    options: o.MocapOptions,
    ending: str,
    load: Callable[..., Clip],
    names: Callable[[str], Sequence[str]] | None = None,
) -> ClipFiles:
    from skelconv.files import ClipFiles, ClipFormat
    from skelconv_mocap.frames import Pace

    pace = Pace(options.every, options.fps)

    def _load(path: str, name: str) -> Clip:
        return load(path, pace=pace, max_bytes=options.max_bytes)

    root = os.path.expanduser(options.root)
    return ClipFiles(root, options.catalog(), {ending: ClipFormat(_load, names)})


def _create_bvh(options: o.BvhOptions) -> ClipFiles:
    from skelconv_mocap import bvh
    from skelconv_mocap import options as o

    unit = o.metres_in(options.unit)
    return _files(options, ".bvh", partial(bvh.load, unit=unit, end_sites=options.end_sites))


def _create_c3d(options: o.C3dOptions) -> ClipFiles:
    from skelconv_mocap import c3d_files
    from skelconv_mocap import options as o

    load = partial(
        c3d_files.load,
        unit=None if options.unit is None else o.metres_in(options.unit),
        subjects=options.subjects,
        markers=options.markers,
    )
    return _files(options, ".c3d", load)


def _create_amass(options: o.AmassOptions) -> ClipFiles:
    from skelconv_mocap import amass

    model = os.path.expanduser(options.model)
    load = partial(amass.load, model=model, joints=options.joints)
    return _files(options, ".npz", load, _recordings)


def _recordings(path: str) -> Sequence[str]:
    return () if os.path.basename(path) in _SHAPE else ("",)


def _guess(function: str, samples: Samples) -> Guess | None:
    from skelconv_mocap import guess

    found: Guess | None = getattr(guess, function)(samples)
    return found


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer a source for each format."""
    from skelconv_mocap import options as o

    yield SourcePlugin(
        name="bvh",
        summary="BVH motion capture: joints in metres by forward kinematics, one file per clip",
        options=o.BvhOptions,
        guess=partial(_guess, "guess_bvh"),
        create=_create_bvh,
        example={"root": "data/bvh", "unit": "cm", "fps": 30, "labels": {"folder": True}},
    )
    yield SourcePlugin(
        name="c3d",
        summary="C3D motion capture: markers in metres, one file per clip",
        options=o.C3dOptions,
        guess=partial(_guess, "guess_c3d"),
        create=_create_c3d,
        requires=(("c3d", "c3d>=0.6"),),
        example={"root": "data/c3d", "every": 4, "labels": {"folder": True}},
    )
    yield SourcePlugin(
        name="amass",
        summary="AMASS: joints in metres from SMPL's poses, with the user's own body model",
        cite=(references.AMASS,),
        options=o.AmassOptions,
        guess=partial(_guess, "guess_amass"),
        create=_create_amass,
        layout=lambda options: o.AMASS_LAYOUTS[options.joints],
        example={
            "root": "data/amass",
            "model": "models/smplh",
            "fps": 30,
            "labels": {"csv": "data/labels.csv"},
        },
    )
