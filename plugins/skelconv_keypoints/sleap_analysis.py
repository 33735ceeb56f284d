"""SLEAP's analysis HDF5: all tracks of one video as arrays.

The form is that of Pereira et al., SLEAP (2022), ``sleap.info.write_tracking_h5``: ``tracks`` is
(tracks, 2, nodes, frames), and ``point_scores`` (tracks, nodes, frames). sleap-io also writes other
orders of axes, and names them in the attribute ``dims``.
"""

from __future__ import annotations

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Hdf5, as_text, open_hdf5, parse_json
from skelconv_keypoints.tracks import Tracks, lines_between

_TRACKS = ("track", "xy", "node", "frame")
_SCORES = ("track", "node", "frame")


def read_analysis(path: str, max_bytes: int) -> Tracks:
    """Read a file.

    Parameters
    ----------
    path : str
        The file.
    max_bytes : int
        The largest size that is believed.

    Returns
    -------
    Tracks
        A person for each track.

    Raises
    ------
    ClipError
        When it is not such a file.
    """
    with open_hdf5(path, max_bytes) as file:
        joints = file.texts("node_names")
        if not joints or file.find("tracks") is None:
            raise ClipError(
                "it has no arrays tracks and node_names: it is not an analysis of SLEAP"
            )
        keypoint = _in_order(file, "tracks", _TRACKS, ("track", "frame", "node", "xy"))
        persons, frames, nodes, channels = keypoint.shape
        if nodes != len(joints) or channels not in (2, 3):
            raise ClipError(
                f"tracks are of {nodes} nodes and {channels} coordinates, and {len(joints)} nodes "
                "have names"
            )
        score = None
        if file.find("point_scores") is not None:
            score = _in_order(file, "point_scores", _SCORES, ("track", "frame", "node"))
            if score.shape != (persons, frames, nodes):
                raise ClipError(f"tracks and point_scores differ: {keypoint.shape}, {score.shape}")
            # What people drew has no score.
            score = np.where(np.isnan(score), 1, score)
        # A clip of it takes two copies.
        if not file.budget.take(12 * persons * frames * nodes * (channels + 1)):
            raise ClipError(f"tracks: {file.budget.reason}")
        return Tracks(keypoint, score, joints, _limbs(file, len(joints)))


def _in_order(file: Hdf5, name: str, usual: tuple[str, ...], wanted: tuple[str, ...]) -> Array:
    found = file.find(name)
    dims = usual
    if "dims" in found.attrs:
        said = parse_json(as_text(found.attrs["dims"], f"dims of {name}").encode())
        if not isinstance(said, list) or sorted(map(str, said)) != sorted(usual):
            raise ClipError(f"dims of {name} are not {', '.join(usual)} in some order")
        dims = tuple(said)
    array = file.array(name)
    if array.ndim != len(dims) or array.dtype.kind not in "fiu":
        raise ClipError(f"{name} is {array.shape} of {array.dtype}, not ({', '.join(dims)})")
    return array.transpose([dims.index(one) for one in wanted])


def _limbs(file: Hdf5, nodes: int) -> list[tuple[int, int]]:
    if file.find("edge_inds") is None:
        return []
    edges = file.array("edge_inds")
    if not edges.size:
        return []
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype.kind not in "iu":
        raise ClipError("edge_inds is not a list of pairs of nodes")
    return lines_between(edges.tolist(), nodes)
