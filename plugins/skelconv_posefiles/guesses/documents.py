"""Guesses of the sources that read JSON of one known program each."""

from __future__ import annotations

import os.path
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from skelconv import BuildError, ClipError
from skelconv.files import Samples, ZipArchive, layout_with, parse_json
from skelconv.plugin import Guess
from skelconv_posefiles.guesses.saying import labels_in, layout_of_number, sized, units_of

_KEYPOINTS = re.compile(r"(.*?)(\d{1,18})_keypoints\.json\Z", re.ASCII)
_IMAGE = re.compile(r"\.(jpe?g|png|bmp)\Z", re.IGNORECASE)
_OPEN = "by image, people in OpenPose's form"
# How many files of a kind are opened.
_OPENED = 4
# The largest file of an archive that is opened.
_LARGEST = 2**26


def _documents(samples: Samples, files: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield some JSON documents, spread over the files."""
    for path in files[:: max(1, len(files) // _OPENED)][: _OPENED + 1]:
        yield path, samples.document(path)


def _archived(path: str) -> Iterator[tuple[str, Any]]:
    """Yield some JSON documents of a zip archive."""
    archive = ZipArchive(path, ".json", _LARGEST, "")
    try:
        entries = [entry for entry in archive.entries() if entry.path.endswith(".json")]
    except BuildError:
        return
    for entry in entries[:: max(1, len(entries) // _OPENED)][: _OPENED + 1]:
        with suppress(ClipError):
            yield entry.path, parse_json(archive.read(entry.ref), nan=True)


def _folder(samples: Samples) -> str:
    """Return the folder that these sources read, also of a single file."""
    return samples.folder or "."


def _numbers(value: Any) -> list[float]:
    """Return the numbers in lists of lists."""
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


def openpose(samples: Samples) -> Guess | None:
    """Guess whether these are OpenPose's files.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = [path for path in samples.files if _KEYPOINTS.match(os.path.basename(path))]
    bodies: list[Any] = []
    further: set[str] = set()
    read = False
    for _, document in _documents(samples, files):
        people = document.get("people") if isinstance(document, dict) else None
        for person in people if isinstance(people, list) else ():
            if isinstance(person, dict):
                bodies.append(person.get("pose_keypoints_2d") or person.get("pose_keypoints"))
                further.update(key.partition("_key")[0] for key, part in person.items() if part)
        read |= isinstance(people, list)
    if not read:
        return None
    flats = [_numbers(body) for body in bodies if body]
    sizes = Counter(len(flat) // 3 for flat in flats)
    joints = sizes.most_common(1)[0][0] if sizes else 25
    layout = {18: "openpose18", 25: "openpose25"}.get(joints)
    options: dict[str, Any] = {"root": _folder(samples)}
    unknown: dict[str, str] = {}
    if layout:
        options["layout"] = layout
    else:
        unknown["layout"] = f"these bodies have {joints} joints, which no model of OpenPose has"
    if layout == "openpose25" and further & {"hand_left", "hand_right"}:
        options["layout"] = "openpose137" if "face" in further else "openpose67"
    names = {(os.path.dirname(path), _prefix(path)) for path in files}
    in_folders = all(folder for folder, _ in names) and len({f for f, _ in names}) == len(names)
    if not in_folders:
        options["clips"] = "names"
    numbers = [int(match[2]) for path in files if (match := _KEYPOINTS.match(_name(path)))]
    if min(numbers) > 0:
        options["first_frame"] = "first"
    values = [n for flat in flats for at, n in enumerate(flat) if at % 3 < 2]
    advice = sized(options, unknown, units_of(values))
    return Guess(
        options=options,
        reason=f"files such as {os.path.basename(files[0])} with people and {joints} keypoints",
        confidence=1.0,
        unknown=unknown,
        advice=advice | labels_in(samples, files),
    )


def _name(path: str) -> str:
    return os.path.basename(path)


def _prefix(path: str) -> str:
    match = _KEYPOINTS.match(_name(path))
    return match[1] if match else ""


def kinetics(samples: Samples) -> Guess | None:
    """Guess whether these are Kinetics-skeleton's files.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    archive = samples.is_file and samples.root.lower().endswith(".zip")
    files = samples.ending_with([".json"])
    documents = _archived(samples.root) if archive else _documents(samples, files)
    for _, document in documents:
        frames = document.get("data") if isinstance(document, dict) else None
        first = frames[0] if isinstance(frames, list) and frames else None
        if isinstance(first, dict) and {"frame_index", "skeleton"} <= first.keys():
            options: dict[str, Any] = {"root": samples.root if archive else _folder(samples)}
            if first["frame_index"] == 0:  # Kinetics' own begin with 1
                options["first_frame"] = 0
            return Guess(
                options=options,
                reason="JSON with data, frame_index and skeleton, and the label in each file",
                confidence=1.0,
            )
    return None


def coco(samples: Samples) -> Guess | None:
    """Guess whether these are annotations of COCO's form.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = samples.ending_with([".json"])
    for path, document in _documents(samples, files):
        if not isinstance(document, dict) or not {"images", "annotations"} & document.keys():
            continue
        ends = samples.head(path) + samples.tail(path)
        if b'"keypoints"' not in ends or not isinstance(document.get("images", []), list):
            continue
        options: dict[str, Any] = {"root": samples.root}
        unknown: dict[str, str] = {}
        reason = "JSON with images, and annotations with keypoints"
        categories = document.get("categories")
        names = next(
            (
                one["keypoints"]
                for one in (categories if isinstance(categories, list) else ())
                if isinstance(one, dict) and one.get("keypoints")
            ),
            None,
        )
        rows = document.get("annotations")
        flat: list[Any] = next(
            (
                one["keypoints"]
                for one in (rows if isinstance(rows, list) else ())
                if isinstance(one, dict) and one.get("keypoints")
            ),
            [],
        )
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            options["layout"] = layout_with(names) or "from-file"
            reason += f", whose category names {len(names)}"
        elif flat:
            found, lacking = layout_of_number(len(flat) // 3)
            options |= found
            unknown |= lacking
        if options.get("layout") == "coco17":
            del options["layout"]  # the default
        return Guess(
            options=options,
            reason=reason,
            confidence=1.0,
            unknown=unknown,
            advice={"labels": "{csv: labels.csv}  # a table with the columns id and label"},
        )
    return None


def mmpose(samples: Samples) -> Guess | None:
    """Guess whether these are MMPose's results.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = samples.ending_with([".json"])
    for _, document in _documents(samples, files):
        meta: Any = None
        frames = document
        if isinstance(document, dict) and "instance_info" in document:
            meta, frames = document.get("meta_info"), document["instance_info"]
        people: list[Any] = []
        for frame in frames if isinstance(frames, list) else ():
            inside = frame.get("instances") if isinstance(frame, dict) else frame
            people += inside if isinstance(inside, list) else []
        people = [one for one in people if isinstance(one, dict) and "keypoint_scores" in one]
        if not people or not isinstance(people[0].get("keypoints"), list):
            continue
        keypoints = people[0]["keypoints"]
        three = bool(keypoints) and isinstance(keypoints[0], list) and len(keypoints[0]) == 3
        options: dict[str, Any] = {"root": _folder(samples)}
        unknown: dict[str, str] = {}
        named = meta.get("keypoint_id2name") if isinstance(meta, dict) else None
        if isinstance(named, dict) and named:
            options["layout"] = layout_with([str(name) for name in named.values()]) or "from-file"
        else:
            found, unknown = layout_of_number(len(keypoints), three)
            options |= found
        if options.get("layout") == "coco17":
            del options["layout"]
        if three:
            options["channels"] = 3
        advice = {} if three else sized(options, unknown, units_of(_numbers(keypoints)))
        return Guess(
            options=options,
            reason=f"frames of instances with {len(keypoints)} keypoints and keypoint_scores",
            confidence=1.0,
            unknown=unknown,
            advice=advice | labels_in(samples, files),
        )
    return None


def alphapose(samples: Samples) -> Guess | None:
    """Guess whether these are AlphaPose's results.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = samples.ending_with([".json"])
    for path, document in _documents(samples, files):
        flat, what = _first_detection(document)
        if not flat:
            continue
        # In the order of OpenPose's 18 joints, whatever the model.
        usual = ["openpose18"] if what == _OPEN else []
        found, unknown = layout_of_number(len(flat) // 3, usual=usual)
        options: dict[str, Any] = {"root": _folder(samples), **found}
        if options.get("layout") == "coco17":
            del options["layout"]
        if os.path.basename(path).startswith("alphapose-results") and os.path.dirname(path):
            options["ids"] = "folder"
        values = [n for at, n in enumerate(flat) if at % 3 < 2]
        advice = sized(options, unknown, units_of(values))
        return Guess(
            options=options,
            reason=f"{what} and {len(flat) // 3} keypoints",
            confidence=1.0,
            unknown=unknown,
            advice=advice | labels_in(samples, files),
        )
    return None


def _first_detection(document: Any) -> tuple[list[float], str]:
    """Return the x, y and score of the first person, and what the document is taken for."""
    if isinstance(document, list) and document and isinstance(document[0], dict):
        if {"image_id", "keypoints", "score"} <= document[0].keys():
            return _numbers(document[0]["keypoints"]), "a list of detections with image_id, score"
        return [], ""
    values = [*document.items()][:_OPENED] if isinstance(document, dict) else []
    for name, value in values:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            # PoseFlow's.
            if _IMAGE.search(name) and "keypoints" in value[0]:
                return _numbers(value[0]["keypoints"]), "by image, a list of people with keypoints"
        elif isinstance(value, dict) and _IMAGE.search(name):
            people = value.get("people") or value.get("bodies")
            one = people[0] if isinstance(people, list) and people else None
            if isinstance(one, dict):
                joints = one.get("pose_keypoints_2d") or one.get("joints")
                return _numbers(joints), _OPEN
        elif isinstance(value, dict) and name.isdecimal():
            one = next(iter(value.values()), None)
            if isinstance(one, dict) and "keypoints" in one:
                return _numbers(one["keypoints"]), "by person and frame, objects with keypoints"
    return [], ""


def ultralytics(samples: Samples) -> Guess | None:
    """Guess whether these are Ultralytics' results, as text or JSON.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([".txt"])[:_OPENED]:
        try:
            row = [float(cell) for cell in samples.head(path).partition(b"\n")[0].split()]
        except ValueError:
            continue
        # Class and box, 17 keypoints with a confidence or without, then maybe a score, an id.
        sizes = {5 + 17 * width + more: width for width in (2, 3) for more in (0, 1, 2)}
        fractions = row[1 : 5 + 2]
        if len(row) in sizes and row[0].is_integer() and all(0 <= one <= 1 for one in fractions):
            unknown: dict[str, str] = {}
            options: dict[str, Any] = {"root": _folder(samples)}
            sized(options, unknown, "fractions", "fractions")
            return Guess(
                options=options,
                reason=f"{os.path.basename(path)}: a class, a box and 17 keypoints in each line",
                confidence=0.9,
                unknown=unknown,
                advice=labels_in(samples, samples.files),
            )
    files = samples.ending_with([".json"])
    for path, document in _documents(samples, files):
        first = document[0] if isinstance(document, list) and document else None
        video = isinstance(first, list)
        first = next((one for one in document if one), [None])[0] if video else first
        points = first.get("keypoints") if isinstance(first, dict) and "box" in first else None
        if isinstance(points, dict) and {"x", "y"} <= points.keys():
            unknown = {}
            options = {"root": _folder(samples), "form": "video-json" if video else "json"}
            advice = sized(options, unknown, units_of(_numbers(points["x"])))
            return Guess(
                options=options,
                reason=f"{os.path.basename(path)}: boxes with keypoints of x, y and visible",
                confidence=1.0,
                unknown=unknown,
                advice=advice | labels_in(samples, files),
            )
    return None


def mediapipe(samples: Samples) -> Guess | None:
    """Guess whether these are lists of MediaPipe's landmarks.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = samples.ending_with([".json"])
    for _, document in _documents(samples, files):
        for frame in document if isinstance(document, list) else ():
            person = frame
            if isinstance(person, list) and person and isinstance(person[0], list):
                first = person[0][0] if person[0] else None
                person = person[0] if isinstance(first, list | dict) else person
            if not isinstance(person, list) or len(person) != 33:
                continue
            one = person[0]
            if isinstance(one, dict) and not {"x", "y", "z"} <= one.keys():
                continue
            if not isinstance(one, dict) and not (isinstance(one, list) and len(one) in (3, 4)):
                continue
            points = [
                [part.get("x"), part.get("y")] if isinstance(part, dict) else part[:2]
                for part in person
            ]
            options: dict[str, Any] = {"root": _folder(samples)}
            unknown: dict[str, str] = {}
            units = units_of(_numbers(points))
            units = "metres" if units == "signed-fractions" else units
            if units == "metres":
                options["channels"] = 3
            advice = sized(options, unknown, units, "fractions")
            return Guess(
                options=options,
                reason="a list of frames with 33 landmarks of x, y, z and visibility",
                confidence=1.0,
                unknown=unknown,
                advice=advice | labels_in(samples, files),
            )
    return None
