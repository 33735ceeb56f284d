"""How a dataset is stored in a Zarr group (Zarr v3). This is the format's only description.

A clip's persons and frames are rows, person by person, so a clip is one slice of rows and a
reshape. N clips with R rows in all, V keypoints and C coordinates:

==================================  =============================================================
``keypoint (R, V, C)``              clip i: ``keypoint[offset[i]:offset[i+1]].reshape(M, T, V, C)``
``keypoint_score (R, V)``           likewise, where the dataset has scores
``offset (N+1)``                    ascending, from 0 to R
``num_person``, ``total_frames``    (N): M and T
``frame_dir (N)``                   ids
``label``                           (N), one each; or all labels of all clips in a row, and then
``num_label (N)``                   is the number of each clip's labels: 0 none, -1 one that is a
                                    plain number, not a list. Absent when all are -1
``img_shape``, ``original_shape``   (N, 2): height and width, -1 where a clip has none. Absent
                                    when no clip has one
``checksum (N)``                    see `skelconv_zarr.container.checksum`
``split/NAME``                      ascending positions of clips
``field/NAME/value``                values of all clips in a row, flat (C order)
``field/NAME/shape (N, D+1)``       each clip's shape; the last number is the count of elements of
                                    a value: 1; for text, which is stored as Unicode code points,
                                    its width; 0 where a clip lacks the field
==================================  =============================================================

The root's attribute ``skelconv`` has the format's version, the layout (its name, or its definition
where no plugin offers it), the names of classes, splits and fields, and the build's name and
description. It is written last: a group without it is
not whole. All arrays are sharded along the rows, every chunk is written, even one of zeros, and
every chunk ends in its CRC-32C, after Blosc with LZ4 or Zstandard, or nothing. By default
``keypoint``, ``keypoint_score`` and ``field/NAME/value`` are not compressed, so that a clip is one
range of bytes (two, where it goes from a chunk into the next), which its own checksum covers; the
other arrays, which are read as a whole, are compressed by LZ4. An array in another form is not part
of a dataset, and is not read.
"""

from __future__ import annotations

from urllib.parse import quote

VERSION = 1
ATTRIBUTE = "skelconv"

# 512 rows of 25 joints with 3 coordinates in float16. With smaller chunks one clip is faster to
# read and the whole slower to write: Zarr's own work is about 0.4 ms a chunk.
CHUNK_BYTES = 76_800
CHUNKS_PER_SHARD = 256

# What a reader accepts, and a writer keeps to: what a file claims decides how much memory it takes.
MAX_ROW_BYTES = 2**24
MAX_ID_BYTES = 4096
MAX_METADATA_BYTES = 2**24


def chunk_rows(row_bytes: int) -> int:
    """Return the rows of a chunk: the largest power of two within `CHUNK_BYTES`.

    Parameters
    ----------
    row_bytes : int
        Bytes of a row.

    Returns
    -------
    int
        At least 1.
    """
    return 1 << max(0, (CHUNK_BYTES // row_bytes).bit_length() - 1)


def split_node(name: str) -> str:
    """Return the path of the array of a split.

    Parameters
    ----------
    name : str
        The split's name.

    Returns
    -------
    str
        Its path in the group.
    """
    return f"split/{_node(name)}"


def field_node(name: str) -> str:
    """Return the path of the group of a field.

    Parameters
    ----------
    name : str
        The field's name.

    Returns
    -------
    str
        Its path in the group.
    """
    return f"field/{_node(name)}"


def _node(name: str) -> str:
    """Turn any name into one that Zarr and file systems accept; different ones stay different."""
    quoted = quote(name, safe="")
    if quoted[:1] in (".", "_") or quoted in ("", "zarr.json"):
        return f"%{ord(name[0]):02X}{quoted[1:]}" if name else "%"
    return quoted
