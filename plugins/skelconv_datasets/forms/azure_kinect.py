"""Recordings of Azure Kinect: JSON as the body tracking SDK's sample ``offline_processor`` writes.

``{"frames": [{"frame_id", "bodies": [{"body_id", "joint_positions": 32 x 3}], ...}], ...}``, in
millimetres of the depth camera, whose y points down.

https://github.com/microsoft/Azure-Kinect-Samples, body-tracking-samples/offline_processor.
"""

from __future__ import annotations

import re
from typing import Final

from skelconv import ClipError
from skelconv.files import parse_json
from skelconv_datasets.checked import member, numbers
from skelconv_datasets.files import Form
from skelconv_datasets.poses import Poses, follow

_JOINTS = 32
_MILLIMETRES = 1000
_MAX_FRAMES = 100_000


def parse(content: bytes) -> Poses:
    """Read a file.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Poses
        Everybody, by the ids that the sensor gave, in metres; from the first frame that is there.
        Frames that the file leaves out are empty.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    frames = member(parse_json(content, nan=True), "frames", list, "the file")
    if not frames:
        raise ClipError("'frames' is empty")
    at, people, rows = [], [], []
    numbered = all(isinstance(listed, dict) and "frame_id" in listed for listed in frames)
    first = member(frames[0], "frame_id", int, "frame 0") if numbered else 0
    frame = -1
    for place, listed in enumerate(frames):
        number = member(listed, "frame_id", int, f"frame {place}") if numbered else place
        if number - first <= frame:
            raise ClipError(
                f"frame {place} has the frame_id {number}, not one beyond {first + frame}"
            )
        frame = number - first
        if frame >= _MAX_FRAMES:
            raise ClipError(f"its frames are from {first} to {number}: not a recording")
        # What a frame without people has here is null, not an empty list.
        bodies = listed.get("bodies") if isinstance(listed, dict) else 0
        if not isinstance(bodies, list | None):
            raise ClipError(f"frame {place} has no list of 'bodies'")
        for body in bodies or ():
            what = f"frame {place}, a body"
            positions = member(body, "joint_positions", list, what)
            rows.append(numbers(positions, (_JOINTS, 3), f"{what}: 'joint_positions'"))
            people.append(member(body, "body_id", int, what))
            at.append(frame)
    return Poses(follow(at, people, rows, frame + 1) / _MILLIMETRES)


FORM: Final = Form(re.compile(r"(?P<clip>(?:.*/)?[^/]+)\.json"), parse, "kinect-azure32")
