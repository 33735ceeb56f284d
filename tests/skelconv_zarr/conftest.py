"""What the tests of the Zarr plugin share."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded

from skelconv import Clip, Field
from skelconv_zarr import schema
from skelconv_zarr.sink import ZarrSink


@pytest.fixture(scope="session")
def write_to() -> Callable[..., Path]:
    """Write clips as a dataset."""

    def write(path: Path, clips: Sequence[Clip], **more: Any) -> Path:
        options = {name: more.pop(name) for name in ("codec", "level") if name in more}
        sink = ZarrSink(str(path), **options)
        sink.assemble(Encoded(sink, clips, **more), path)
        return path

    return write


@pytest.fixture
def write(tmp_path: Path, write_to: Callable[..., Path]) -> Callable[..., Path]:
    """Write clips as a dataset in a folder of its own."""

    def write(clips: Sequence[Clip], name: str = "dataset.zarr", **more: Any) -> Path:
        return write_to(tmp_path / name, clips, **more)

    return write


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write so that a few clips fill several shards."""
    monkeypatch.setattr(schema, "CHUNK_BYTES", 1200)
    monkeypatch.setattr(schema, "CHUNKS_PER_SHARD", 4)


@pytest.fixture
def clips() -> list[Clip]:
    """Clips in pixels, with all that a clip can have; some lack what they may lack."""
    rng = np.random.default_rng(3)
    made = []
    for number, (persons, frames) in enumerate([(1, 9), (2, 30), (0, 4), (3, 17), (1, 41)]):
        fields = {"box": Field(rng.normal(size=(persons, frames, 4)), "MTB")}
        if number != 1:
            fields["raw_file"] = Field(np.array(f"días/{number}.avi" * number), "")
            fields["kept"] = Field(rng.random(frames) < 0.5, "T")
        made.append(
            Clip(
                f"v_Ünïcode_跳_{number}",
                rng.normal(size=(persons, frames, 17, 2)).astype(np.float16),
                "coco17",
                label=number % 3,
                keypoint_score=rng.random((persons, frames, 17), dtype=np.float32),
                img_shape=None if number == 2 else (240 + number, 320),
                original_shape=(480, 640) if number == 3 else None,
                fields=fields,
            )
        )
    return made
