"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import ReaderPlugin, SinkPlugin, hookimpl

if TYPE_CHECKING:
    from skelconv_arrays.npy_sink import NpySink
    from skelconv_arrays.npz_sink import NpzSink
    from skelconv_arrays.options import (
        H5ReaderOptions,
        NpyReaderOptions,
        NpySinkOptions,
        NpzReaderOptions,
        NpzSinkOptions,
    )
    from skelconv_arrays.stacks import StackReader


def _create_npz_sink(options: NpzSinkOptions) -> NpzSink:
    from skelconv_arrays.npz_sink import NpzSink

    return NpzSink(
        options.path,
        frames=options.frames,
        persons=options.persons,
        classes=options.classes,
        train=options.train,
        test=options.test,
    )


def _create_npy_sink(options: NpySinkOptions) -> NpySink:
    from skelconv_arrays.npy_sink import NpySink

    return NpySink(options.path, frames=options.frames, persons=options.persons)


def _create_npz_reader(options: NpzReaderOptions) -> StackReader:
    from skelconv_arrays.npz_reader import open_dataset

    return open_dataset(**options.model_dump())


def _create_npy_reader(options: NpyReaderOptions) -> StackReader:
    from skelconv_arrays.npy_reader import open_dataset

    return open_dataset(**options.model_dump())


def _create_h5_reader(options: H5ReaderOptions) -> StackReader:
    from skelconv_arrays.h5_reader import open_dataset

    return open_dataset(**options.model_dump())


def _is_npz(path: str) -> bool:
    return path.endswith(".npz") and "://" not in path


def _is_npy(path: str) -> bool:
    from skelconv_arrays.npy_files import recognises

    return recognises(path)


def _is_h5(path: str) -> bool:
    return path.endswith((".h5", ".hdf5")) and "://" not in path


@hookimpl
def skelconv_sinks() -> Iterator[SinkPlugin]:
    """Offer the sinks."""
    from skelconv_arrays.options import NpySinkOptions, NpzSinkOptions

    yield SinkPlugin(
        name="npz",
        summary="x_train, y_train, x_test and y_test in one archive, as CTR-GCN reads it",
        options=NpzSinkOptions,
        create=_create_npz_sink,
        example={"path": "out/NTU60_CS.npz", "train": "xsub_train", "test": "xsub_val"},
        suffixes=(".npz",),
    )
    yield SinkPlugin(
        name="npy",
        summary="data_joint.npy and label.pkl of each part, as 2s-AGCN and MS-G3D read them",
        options=NpySinkOptions,
        create=_create_npy_sink,
        example={"path": "out/xsub"},
    )


@hookimpl
def skelconv_readers() -> Iterator[ReaderPlugin]:
    """Offer the readers."""
    from skelconv_arrays.options import H5ReaderOptions, NpyReaderOptions, NpzReaderOptions

    yield ReaderPlugin(
        name="npz",
        summary="x_train, y_train, x_test and y_test in one archive, as CTR-GCN reads it",
        options=NpzReaderOptions,
        create=_create_npz_reader,
        example={"path": "data/NTU60_CS.npz"},
        recognises=_is_npz,
    )
    yield ReaderPlugin(
        name="npy",
        summary="data.npy and label.pkl of each part, as ST-GCN, 2s-AGCN and MS-G3D read them",
        options=NpyReaderOptions,
        create=_create_npy_reader,
        example={"path": "data/ntu/xsub"},
        recognises=_is_npy,
    )
    yield ReaderPlugin(
        name="sgn-h5",
        summary="x, y, test_x and test_y in one HDF5 file, as SGN reads them",
        options=H5ReaderOptions,
        create=_create_h5_reader,
        requires=(("h5py", "h5py>=3.10"),),
        example={"path": "data/NTU_CS.h5"},
        recognises=_is_h5,
    )
