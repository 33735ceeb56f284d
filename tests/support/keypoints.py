"""Files of DeepLabCut, SLEAP and pose-format, written as their formats are described."""

import io
import json
import pickle
import struct
from collections.abc import Sequence

import numpy as np


def people(persons: int = 2, frames: int = 6, joints: int = 4, seed: int = 0) -> np.ndarray:
    """Return x, y and score (M, T, V, 3) that float32 holds; some are NaN."""
    drawn = np.random.default_rng(seed).integers(1, 1000, (persons, frames, joints, 3))
    made = np.concatenate((drawn[..., :2] / 4, drawn[..., 2:] / 1024), -1)
    made[0, 2] = np.nan
    made[:, 1, 3] = np.nan
    return made


def dlc_columns(names: Sequence[str], joints: Sequence[str], coords: Sequence[str]) -> list[tuple]:
    individuals = names or [""]
    return [
        ("DLC_resnet50", *([one] if names else []), joint, coord)
        for one in individuals
        for joint in joints
        for coord in coords
    ]


def dlc_csv(made: np.ndarray, names: Sequence[str], joints: Sequence[str], first: int = 0) -> str:
    """DeepLabCut's csv; without names of individuals, of one."""
    columns = dlc_columns(names, joints, ("x", "y", "likelihood"))
    levels = ["scorer", *(["individuals"] if names else []), "bodyparts", "coords"]
    lines = [
        ",".join([level, *(column[at] for column in columns)]) for at, level in enumerate(levels)
    ]
    rows = made.transpose(1, 0, 2, 3).reshape(made.shape[1], -1)
    for at, row in enumerate(rows):
        cells = ["" if np.isnan(value) else repr(float(value)) for value in row]
        lines.append(",".join([str(first + at), *cells]))
    return "\n".join(lines) + "\n"


def dlc_h5(made: np.ndarray, names: Sequence[str], joints: Sequence[str], **changes) -> bytes:
    """DeepLabCut's HDF5: a table as pandas writes it."""
    import h5py

    columns = changes.pop("columns", dlc_columns(names, joints, ("x", "y", "likelihood")))
    kind = changes.pop("kind", pickle.dumps(columns, protocol=0))
    rows = made.transpose(1, 0, 2, 3).reshape(made.shape[1], -1)
    index = np.asarray(changes.pop("index", range(len(rows))))
    table = np.zeros(
        len(rows), [("index", index.dtype), ("values_block_0", "<f8", (rows.shape[1],))]
    )
    table["index"], table["values_block_0"] = index, rows
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        group = file.create_group(changes.pop("group", "df_with_missing"))
        group.attrs["pandas_type"] = np.bytes_(b"frame_table")
        stored = group.create_dataset("table", data=table)
        stored.attrs["values_block_0_kind"] = np.bytes_(kind)
    return content.getvalue()


def analysis(made: np.ndarray, joints: Sequence[str], edges=(), dims=None, **more) -> bytes:
    """SLEAP's analysis; `dims` is an order of frame, track, node and xy."""
    import h5py

    usual = ("track", "frame", "node", "xy")
    order = dims or ("track", "xy", "node", "frame")
    scores = [one for one in order if one != "xy"] if dims else ("track", "node", "frame")
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["tracks"] = made[..., :2].transpose([usual.index(one) for one in order])
        file["point_scores"] = made[..., 2].transpose([usual[:3].index(one) for one in scores])
        file["node_names"] = np.array([joint.encode() for joint in joints])
        if edges:
            file["edge_inds"] = np.array(edges)
        if dims:
            file["tracks"].attrs["dims"] = json.dumps(dims)
            file["point_scores"].attrs["dims"] = json.dumps(scores)
        for name, value in more.items():
            del file[name]
            file[name] = value
    return content.getvalue()


INSTANCE = [
    *[("instance_id", "i8"), ("instance_type", "u1"), ("frame_id", "u8"), ("skeleton", "u4")],
    *[("track", "i4"), ("from_predicted", "i8"), ("score", "f4"), ("point_id_start", "u8")],
    *[("point_id_end", "u8"), ("tracking_score", "f4")],
]
FRAME = [
    *[("frame_id", "u8"), ("video", "u4"), ("frame_idx", "u8")],
    *[("instance_id_start", "u8"), ("instance_id_end", "u8")],
]
POINT = [("x", "f8"), ("y", "f8"), ("visible", "?"), ("complete", "?")]


def skeleton(order: Sequence[int], edges: Sequence[tuple[int, int]], symmetric=()) -> dict:
    """jsonpickle's graph: the first line of a kind says which it is, and others its number."""
    links, known = [], []
    for kind, lines in ((1, edges), (2, symmetric)):
        for one, other in lines:
            if kind in known:
                said = {"py/id": known.index(kind) + 1}
            else:
                known.append(kind)
                said = {"py/reduce": [{"py/type": "sleap.skeleton.EdgeType"}, {"py/tuple": [kind]}]}
            links.append({"source": order[one], "target": order[other], "type": said})
    return {"directed": True, "links": links, "nodes": [{"id": one} for one in order]}


def slp(
    rows: Sequence[tuple],
    joints: Sequence[str],
    *,
    videos: Sequence[dict] = ({"filename": "a/mice.mp4", "backend": {"shape": [8, 480, 640, 1]}},),
    edges: Sequence[tuple[int, int]] = (),
    symmetric: Sequence[tuple[int, int]] = (),
    version: float = 1.2,
    metadata: dict | None = None,
    **changes,
) -> bytes:
    """SLEAP's labels; a row is video, frame, track, whether predicted, and points (V, 3).

    A sixth value is the place among the instances that it was corrected from.
    """
    import h5py

    frames, instances = [], []
    points: tuple[list, list] = ([], [])
    last = None
    for at, (video, frame, track, predicted, values, *corrected) in enumerate(rows):
        if (video, frame) != last:
            frames.append([len(frames), video, frame, at, at])
            last = (video, frame)
        frames[-1][-1] = at + 1
        mine = points[predicted]
        start = len(mine)
        for x, y, score in values:
            mine.append((x, y, not np.isnan(x), False, *([score] if predicted else [])))
        was = corrected[0] if corrected else -1
        kind = int(predicted)
        instances.append((at, kind, len(frames) - 1, 0, track, was, 1, start, len(mine), 0))
    order = [*range(len(joints))][::-1]  # nodes are named in another order than they are used
    described = metadata or {
        "skeletons": [skeleton(order, edges, symmetric)],
        "nodes": [{"name": name, "weight": 1.0} for name in reversed(joints)],
    }
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        group = file.create_group("metadata")
        group.attrs["format_id"] = version
        group.attrs["json"] = np.bytes_(json.dumps(described).encode())
        file["frames"] = np.array([tuple(one) for one in frames], FRAME)
        file["instances"] = np.array(instances, INSTANCE)
        file["points"] = np.array(points[0], POINT)
        file["pred_points"] = np.array(points[1], [*POINT, ("score", "f8")])
        file["videos_json"] = np.array([json.dumps(one).encode() for one in videos])
        for name, change in changes.items():
            values = file[name][()]
            del file[name]
            if change is not None:
                file[name] = change(values)
    return content.getvalue()


def text(value: str) -> bytes:
    return struct.pack("<H", len(value.encode())) + value.encode()


def pose(
    made: np.ndarray,
    components: Sequence[tuple[str, str, Sequence[str], Sequence[tuple[int, int]]]],
    *,
    version: float = 0.2,
    size: tuple[int, int] = (480, 640),
    fps: float = 25,
) -> bytes:
    """pose-format's file of people (M, T, V, C + 1), whose last value is the confidence."""
    found = [struct.pack("<fHHHH", version, size[1], size[0], 0, len(components))]
    for name, axes, points, limbs in components:
        found += [text(name), text(axes), struct.pack("<HHH", len(points), len(limbs), 1)]
        found += [text(point) for point in points]
        found += [struct.pack("<HH", *limb) for limb in limbs]
        found.append(struct.pack("<HHH", 255, 0, 0))
    persons, frames = made.shape[:2]
    if version == 0:
        found.append(struct.pack("<HH", int(fps), frames))
        for frame in range(frames):
            bodies = [body for body in made[:, frame] if body.any()]
            found.append(struct.pack("<H", len(bodies)))
            for body in bodies:
                found += [struct.pack("<h", -1), body.astype("<f4").tobytes()]
        return b"".join(found)
    form, rate = ("<HHH", int(fps)) if version < 0.15 else ("<fIH", fps)
    found.append(struct.pack(form, rate, frames, persons))
    by_frame = made.astype("<f4").transpose(1, 0, 2, 3)
    found += [by_frame[..., :-1].tobytes(), by_frame[..., -1].tobytes()]
    return b"".join(found)
