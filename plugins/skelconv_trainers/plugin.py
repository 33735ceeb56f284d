"""What this package offers."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv.plugin import Options, Trainer, TrainerPlugin, hookimpl


def _posec3d(options: Options) -> Trainer:
    from skelconv_trainers.trainers import POSEC3D

    return POSEC3D


def _stgcn(options: Options) -> Trainer:
    from skelconv_trainers.trainers import STGCN

    return STGCN


def _ctrgcn(options: Options) -> Trainer:
    from skelconv_trainers.trainers import CTRGCN

    return CTRGCN


@hookimpl
def skelconv_trainers() -> Iterator[TrainerPlugin]:
    """Offer the trainers."""
    yield TrainerPlugin(
        name="posec3d",
        summary="PoseConv3D (PoseC3D) of MMAction2 and PYSKL: heatmaps of 2D keypoints",
        reads="annotation pickle, or kpfiles",
        create=_posec3d,
    )
    yield TrainerPlugin(
        name="stgcn",
        summary="ST-GCN, ST-GCN++ and other graph networks of MMAction2 and PYSKL",
        reads="annotation pickle",
        create=_stgcn,
    )
    yield TrainerPlugin(
        name="ctrgcn",
        summary="CTR-GCN's own code on NTU RGB+D",
        reads="npz",
        create=_ctrgcn,
    )
