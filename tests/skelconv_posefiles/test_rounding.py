"""What becomes pixels is rounded to float32 once."""

import json

import numpy as np
import pytest
from support.posefiles import (
    alphapose,
    coco,
    detections,
    kinetics,
    landmarks,
    mmpose,
    openpose,
    saved,
    table,
)

from skelconv import ClipError
from skelconv.testing import check_source
from skelconv_posefiles import plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}

HEIGHT, WIDTH = 720, 1283


def source(name, **options):
    """A source of files whose images are of one size."""
    offer = OFFERED[name]
    return offer.create(offer.options.model_validate({"img_shape": [HEIGHT, WIDTH], **options}))


def fractions(joints, channels=3):
    """Random fractions (M, T, V, C) in float64, all of them there."""
    return np.random.default_rng(7).uniform(0.01, 0.99, (2, 5, joints, channels))


def files_of(name, people):
    """The files of a clip."""
    frames = range(people.shape[1])
    match name:
        case "openpose":
            return {f"a/{key}": value for key, value in openpose(people).items()}
        case "kinetics-skeleton":
            return {"a.json": kinetics(people, 1, 1)}
        case "mmpose":
            return {"a.json": json.dumps(mmpose(people))}
        case "alphapose":
            return {"a.json": json.dumps(alphapose(people))}
        case "coco-keypoints":
            file = coco(people)
            for image in file["images"]:
                image |= {"height": HEIGHT, "width": WIDTH}
            return {"a.json": json.dumps(file)}
        case "ultralytics":
            return {"a.json": json.dumps([detections(people, frame) for frame in frames])}
        case "mediapipe":
            return {"a.json": json.dumps([landmarks(people, t, as_dict=False) for t in frames])}
        case "pose-table":
            return {"a.csv": table(people)}
    return {"a.npy": saved(people)}


@pytest.mark.parametrize(("units", "sign"), [("fractions", False), ("signed-fractions", True)])
@pytest.mark.parametrize(
    ("name", "joints", "options"),
    [
        ("openpose", 25, {}),
        ("kinetics-skeleton", 18, {}),
        ("mmpose", 17, {}),
        ("alphapose", 17, {}),
        ("coco-keypoints", 17, {}),
        ("ultralytics", 17, {"form": "video-json"}),
        ("mediapipe", 33, {}),
        ("pose-table", 17, {"layout": "coco17"}),
        ("pose-array", 17, {"layout": "coco17"}),
    ],
)
def test_fractions_are_rounded_once(fill, name, joints, options, units, sign):
    people = fractions(joints, 4 if name == "mediapipe" else 3)
    inset = name == "openpose"
    exact = people[..., :2] * [WIDTH - inset, HEIGHT - inset]
    if sign:
        people[..., :2] = people[..., :2] * 2 - 1
        exact = (people[..., :2] + 1) * [(WIDTH - inset) / 2, (HEIGHT - inset) / 2]
    root = fill(files_of(name, people))
    (clip,) = check_source(source(name, root=root, units=units, **options))
    assert np.array_equal(clip.keypoint, exact.astype(np.float32))


@pytest.mark.parametrize("value", [1e300, 3e38])
def test_what_is_infinite_as_pixels_is_refused(fill, value):
    people = fractions(17)
    people[0, 2, 3, 0] = value
    root = fill({"a.npy": saved(people)})
    made = source("pose-array", root=root, layout="coco17", units="fractions")
    (item,) = made.inventory().items
    with pytest.raises(ClipError, match="frame 2: a keypoint is infinite"):
        made.load(item)
