"""SLEAP's own files (``.slp``): labels and predictions of any number of videos, in HDF5.

The form is that of Pereira et al., SLEAP (2022), ``sleap.io.format.hdf5``. ``frames`` has the video
and the number of each frame and which ``instances`` are in it; these say which ``points`` (drawn by
people) or ``pred_points`` (found by a model) are theirs. Names are JSON in ``metadata``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Hdf5, as_text, open_hdf5, parse_json
from skelconv_keypoints.tracks import MAX_FRAMES, Tracks, empty, lines_between, name_of

_FRAMES = ("video", "frame_idx", "instance_id_start", "instance_id_end")
_INSTANCES = (
    *("instance_id", "instance_type", "skeleton", "track", "from_predicted"),
    *("point_id_start", "point_id_end"),
)
_POINTS = ("x", "y", "visible")
# Until version 1.1 the middle of the first pixel was (0.5, 0.5), and since it is (0, 0).
_MIDDLE = 1.1
_EDGE, _SYMMETRY = 1, 2


def videos_in(path: str, max_bytes: int) -> list[str]:
    """Return the names of the videos that a file has frames of.

    Parameters
    ----------
    path : str
        The file.
    max_bytes : int
        The largest size that is believed.

    Returns
    -------
    list of str
        Names without endings; ``""`` for the only one.

    Raises
    ------
    ClipError
        When it is not such a file.
    """
    with open_hdf5(path, max_bytes) as file:
        names = _video_names(file)
    return [""] if len(names) == 1 else [*names.values()]


def read_slp(path: str, video: str, max_bytes: int) -> Tracks:
    """Read the frames of a video.

    Parameters
    ----------
    path : str
        The file.
    video : str
        One of `videos_in`.
    max_bytes : int
        The largest size that is believed.

    Returns
    -------
    Tracks
        A person for each track; without tracks, one for each place among those of a frame. What
        people drew stands before what a model found.

    Raises
    ------
    ClipError
        When it is not such a file.
    """
    with open_hdf5(path, max_bytes) as file:
        names = _video_names(file)
        number = next((at for at, name in names.items() if video in ("", name)), None)
        if number is None:
            raise ClipError("the file has changed: the video is gone")
        found = _records(file, "frames", _FRAMES)
        return _Reading(file, found[found["video"] == number], number).tracks()


def _video_names(file: Hdf5) -> dict[int, str]:
    """Return the videos with frames, by their numbers."""
    frames = _records(file, "frames", _FRAMES)
    described = file.texts("videos_json")
    names: dict[int, str] = {}
    for number in np.unique(frames["video"]).tolist():
        text = described[number] if 0 <= number < len(described) else "{}"
        video = parse_json(text.encode())
        backend = video.get("backend") if isinstance(video, dict) else None
        places = [one.get("filename") for one in (video, backend) if isinstance(one, dict)]
        name = next((name_of(place) for place in places if isinstance(place, str)), "")
        # Of images in the file itself the name is ".", and two folders may have one name.
        if not name or name in names.values():
            name = f"{name or 'video'}-{number}"
        names[number] = name
    if not names:
        raise ClipError("it has no frames")
    return names


def _records(file: Hdf5, name: str, needed: Sequence[str]) -> Array:
    records = file.array(name)
    lacking = [one for one in needed if one not in (records.dtype.names or ())]
    if lacking or records.ndim != 1:
        raise ClipError(f"{name} lacks {', '.join(lacking) or 'rows'}: it is not a file of SLEAP")
    return records


class _Reading:
    """Reads the frames of one video."""

    def __init__(self, file: Hdf5, frames: Array, video: int) -> None:
        self._file = file
        self._frames = frames
        self._instances = _records(file, "instances", _INSTANCES)
        self._points = (
            _records(file, "points", _POINTS),
            _records(file, "pred_points", (*_POINTS, "score")),
        )
        metadata = file.find("metadata")
        if metadata is None or "json" not in metadata.attrs:
            raise ClipError("it has no metadata: it is not a file of SLEAP")
        self._metadata = parse_json(as_text(metadata.attrs["json"], "metadata").encode(), nan=True)
        version = float(metadata.attrs.get("format_id", 1.0))
        self._shift = 0.5 if version < _MIDDLE else 0.0
        self._video = video

    def tracks(self) -> Tracks:
        rows = [*self._rows()]
        people = {who: at for at, who in enumerate(dict.fromkeys(who for _, who, *_ in rows))}
        skeletons = {skeleton for _, _, _, skeleton, _ in rows}
        if len(skeletons) > 1:
            raise ClipError("its animals have different skeletons, and a clip has one")
        joints, limbs = _skeleton(self._metadata, skeletons.pop() if skeletons else 0)
        length, img_shape = self._size()
        last = int(self._frames["frame_idx"].max())
        if int(self._frames["frame_idx"].min()) < 0 or max(last, length - 1) >= MAX_FRAMES:
            raise ClipError(f"frame {last} cannot be")
        total = max(length, last + 1)
        keypoint, score = empty((len(people), total, len(joints)), 2, self._file.budget)
        for frame, who, predicted, _, (start, stop) in rows:
            points = self._points[predicted][start:stop]
            if stop - start != len(joints) or len(points) != len(joints) or start < 0:
                raise ClipError(
                    f"frame {frame}: {len(points)} points, and the skeleton has {len(joints)}"
                )
            at = people[who], frame
            seen = points["visible"].astype(bool)
            with np.errstate(over="ignore"):  # what is infinite is refused with its frame
                for axis, name in enumerate("xy"):
                    places = np.where(seen, points[name] - self._shift, np.nan)
                    keypoint[(*at, slice(None), axis)] = places
                score[at] = points["score"] if predicted else 1
        return Tracks(keypoint, score, joints, limbs, img_shape)

    def _rows(self) -> Iterator[tuple[int, tuple[str, int], bool, int, tuple[int, int]]]:
        """Yield frame, person, whether a model found it, skeleton, and the range of points."""
        for row in self._frames:
            frame = int(row["frame_idx"])
            start, stop = int(row["instance_id_start"]), int(row["instance_id_end"])
            if not 0 <= start <= stop <= len(self._instances):
                raise ClipError(f"frame {frame}: its instances are not there")
            some = self._instances[start:stop]
            corrected = set(some["from_predicted"][some["instance_type"] == 0].tolist())
            seen: set[tuple[str, int]] = set()
            untracked = 0
            # What people drew comes first, and then a model's is not needed.
            for one in sorted(some, key=lambda each: int(each["instance_type"])):
                predicted = int(one["instance_type"]) == 1
                if predicted and int(one["instance_id"]) in corrected:
                    continue
                track = int(one["track"])
                who = ("track", track) if track >= 0 else ("place", untracked)
                if who in seen:
                    if predicted:
                        continue
                    raise ClipError(f"frame {frame}: track {track} is there twice")
                untracked += track < 0
                seen.add(who)
                points = int(one["point_id_start"]), int(one["point_id_end"])
                yield frame, who, predicted, int(one["skeleton"]), points

    def _size(self) -> tuple[int, tuple[int, int] | None]:
        """Return the number of frames and the image's size, where they are known."""
        described = self._file.texts("videos_json")
        if not 0 <= self._video < len(described):
            return 0, None
        video = parse_json(described[self._video].encode())
        backend = video.get("backend") if isinstance(video, dict) else None
        shape = backend.get("shape") if isinstance(backend, dict) else None
        if not (
            isinstance(shape, list)
            and len(shape) == 4
            and all(type(one) is int and 0 < one < 10**6 for one in shape[1:3])
            and type(shape[0]) is int
        ):
            return 0, None
        return shape[0], (shape[1], shape[2])


def _skeleton(metadata: Any, number: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the names of a skeleton's nodes, and the lines between them.

    The JSON is jsonpickle's: a type of lines is written once, and then named by its number.
    """
    try:
        names = [node["name"] for node in metadata["nodes"]]
        skeleton = metadata["skeletons"][number]
        skeleton = skeleton.get("nx_graph", skeleton)  # with a picture of it beside
        places = [node["id"] for node in skeleton["nodes"]]
        joints = [names[place] for place in places]
        kinds: list[int] = []
        lines = []
        for link in skeleton["links"]:
            kind = link.get("type", {})
            if "py/reduce" in kind:
                kinds.append(kind["py/reduce"][1]["py/tuple"][0])
                value = kinds[-1]
            else:
                value = kinds[kind["py/id"] - 1] if "py/id" in kind else _EDGE
            if value == _EDGE:
                lines.append((places.index(link["source"]), places.index(link["target"])))
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise ClipError(f"its metadata has no skeleton {number} that can be read") from error
    if not joints or not all(isinstance(joint, str) for joint in joints):
        raise ClipError("the nodes of its skeleton have no names")
    return joints, lines_between(lines, len(joints))
