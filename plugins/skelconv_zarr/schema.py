"""How a dataset lies in a Zarr group (Zarr v3). This is the format's one description.

A clip's persons and frames are rows, person by person, so a clip is one slice of rows and a
reshape. N clips with R rows in all, V keypoints and C coordinates:

==================================  =============================================================
``keypoint (R, V, C)``              clip i: ``keypoint[offset[i]:offset[i+1]].reshape(M, T, V, C)``
``keypoint_score (R, V)``           likewise, where the dataset has scores
``offset (N+1)``                    ascending, from 0 to R
``num_person``, ``total_frames``    (N): M and T
``frame_dir (N)``                   ids
``label``                           (N), one each; or all labels of all clips in a row, and then
``num_label (N)``                   says how many each clip has: 0 none, -1 one that is a plain
                                    number where others are lists. Absent when all are that
``img_shape``, ``original_shape``   (N, 2): height and width, -1 where a clip has none. Absent
                                    when no clip has one
``checksum (N)``                    see `skelconv_zarr.container.checksum`
``split/NAME``                      ascending positions of clips
``field/NAME/value``                values of all clips in a row, flat (C order)
``field/NAME/shape (N, D+1)``       each clip's shape; the last number says how many elements a
                                    value takes: 1; for text, which is kept as Unicode code
                                    points, its width; 0 where a clip lacks the field
==================================  =============================================================

The root's attribute ``skelconv`` has the format's version, the layout, the names of classes,
splits and fields, and what the build says of itself. It is written last: a group without it is
not whole. All arrays are sharded along the rows, every chunk is written, even one of zeros, and
every chunk ends in its CRC-32C.
"""

from __future__ import annotations

from urllib.parse import quote

VERSION = 1
ATTRIBUTE = "skelconv"

# 512 rows of 25 joints with 3 coordinates in float16. Smaller chunks make one clip faster to read
# and the whole slower to write: Zarr's own work is about 0.4 ms a chunk.
CHUNK_BYTES = 76_800
CHUNKS_PER_SHARD = 128


def chunk_rows(row_bytes: int) -> int:
    """Return how many rows go into a chunk: the largest power of two within `CHUNK_BYTES`."""
    return 1 << max(0, (CHUNK_BYTES // row_bytes).bit_length() - 1)


def split_node(name: str) -> str:
    """Return the array that holds a split."""
    return f"split/{_node(name)}"


def field_node(name: str) -> str:
    """Return the group that holds a field."""
    return f"field/{_node(name)}"


def _node(name: str) -> str:
    """Turn any name into one that Zarr and file systems take, and different ones into different."""
    quoted = quote(name, safe="")
    if quoted[:1] in (".", "_") or quoted in ("", "zarr.json"):
        return f"%{ord(name[0]):02X}{quoted[1:]}" if name else "%"
    return quoted
