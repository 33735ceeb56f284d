"""Read ``.skeleton.npy``, as the script ``txt2npy.py`` of NTU RGB+D writes raw files.

A pickled dict in an npy file: ``skel_body0``, ``skel_body1``, ... are (T, V, 3) in metres, with
zeros where nobody is; ``nbodys``, ``njoints``, ``file_name`` and others are not needed. It is read
without running it.

https://github.com/shahroudy/NTURGB-D, Python/txt2npy.py.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final, cast

import numpy as np

from skelconv import Array, ClipError, DatasetError
from skelconv.files import npy_header
from skelconv.unpickler import LazyArray, read_pickle

_BODY: Final = re.compile(r"skel_body(\d{1,4})")


def read_npy(content: bytes, joints: int, channels: int) -> Array:
    """Read the bytes of a file.

    Parameters
    ----------
    content : bytes
        The whole file.
    joints : int
        V: what each body must have.
    channels : {2, 3}
        C: how many of x, y and z are taken.

    Returns
    -------
    ndarray of float64, shape (M, T, V, C)
        The bodies, in the order of their numbers.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    file = io.BytesIO(content)
    if not npy_header(file, len(content), "biufO").dtype.hasobject:
        raise ClipError("is an array of numbers, not the dict of txt2npy.py (source pose-array)")
    pickled = content[file.tell() :]
    try:
        # Its name is left out of messages: what reads the clip says it.
        value = read_pickle(Path(".skeleton.npy"), cast(io.RawIOBase, io.BytesIO(pickled)))
        bodies = _bodies(value, pickled)
    except (DatasetError, ValueError) as error:
        raise ClipError(error.what if isinstance(error, DatasetError) else str(error)) from error
    shapes = {body.shape for body in bodies}
    if len(shapes) != 1 or bodies[0].ndim != 3 or bodies[0].shape[1:] != (joints, 3):
        found = ", ".join(map(str, sorted(shapes)))
        raise ClipError(f"its bodies are {found}, not all (T, {joints}, 3) (option layout)")
    keypoint = np.stack(bodies).astype(np.float64)[..., :channels]
    if not np.isfinite(keypoint).all():
        raise ClipError("a coordinate is not finite")
    return keypoint


def _bodies(value: object, pickled: bytes) -> list[Array]:
    held = value.data if isinstance(value, LazyArray) else None
    mapping = held[0] if isinstance(held, list) and len(held) == 1 else None
    if not isinstance(mapping, dict):
        raise ClipError("does not hold the dict of txt2npy.py")
    numbered = {
        int(match[1]): body
        for key, body in mapping.items()
        if isinstance(key, str) and (match := _BODY.fullmatch(key))
    }
    if not numbered:
        raise ClipError("has no skel_body0")
    if not all(isinstance(body, LazyArray) for body in numbered.values()):
        raise ClipError("a skel_body is not an array")
    if sum(body.size for body in numbered.values()) > 4 * len(pickled):
        raise ClipError("its arrays are larger than the file")
    arrays = [
        body.load(io.BufferedReader(cast(io.RawIOBase, io.BytesIO(pickled))))
        for _, body in sorted(numbered.items())
    ]
    if any(body.dtype.kind not in "fiu" for body in arrays):
        raise ClipError("a skel_body is not an array of numbers")
    return arrays
