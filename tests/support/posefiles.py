"""Writes people, x, y and score (M, T, V, 3), in every format of pose files."""

import io
import json

import numpy as np


def present(people, frame):
    """The persons of a frame by their track."""
    return [(m, body) for m, body in enumerate(people[:, frame]) if body.any()]


def openpose(people, name="wave", start=0, **extra):
    """OpenPose: the files of a clip by their names."""
    return {
        f"{name}_{start + frame:012d}_keypoints.json": json.dumps(
            {
                "version": 1.3,
                "people": [
                    {"person_id": [-1], "pose_keypoints_2d": body.reshape(-1).tolist(), **extra}
                    for _, body in present(people, frame)
                ],
            }
        )
        for frame in range(people.shape[1])
    }


def kinetics(people, height=256, width=340, **extra):
    """Kinetics-skeleton: one file."""
    return json.dumps(
        {
            "data": [
                {
                    "frame_index": frame + 1,
                    "skeleton": [
                        {
                            "pose": (body[:, :2] / [width, height]).reshape(-1).tolist(),
                            "score": body[:, 2].tolist(),
                        }
                        for _, body in present(people, frame)
                    ],
                }
                for frame in range(people.shape[1])
            ],
            **extra,
        }
    )


def mmpose(people, start=0, tracked=False):
    """MMPose's list of frames."""
    return [
        {
            "frame_id": frame + start,
            "instances": [
                {
                    "keypoints": body[:, :-1].tolist(),
                    "keypoint_scores": body[:, -1].tolist(),
                    "bbox": [[1, 2, 3, 4]],
                    "bbox_score": 0.5,
                    **({"track_id": 100 + track} if tracked else {}),
                }
                for track, body in present(people, frame)
            ],
        }
        for frame in range(people.shape[1])
    ]


def alphapose(people, **extra):
    """AlphaPose: a list of detections."""
    return [
        {
            "image_id": f"{frame}.jpg",
            "category_id": 1,
            "keypoints": body.reshape(-1).tolist(),
            "score": 2.5,
            **{key: make(track) for key, make in extra.items()},
        }
        for frame in range(people.shape[1])
        for track, body in present(people, frame)
    ]


def coco(people, name=lambda frame: f"v/{frame:06d}.jpg", start=0, **extra):
    """COCO's images and annotations."""
    images = [
        {"id": start + frame, "file_name": name(frame), "height": 480, "width": 640}
        for frame in range(people.shape[1])
    ]
    annotations = [
        {
            "id": 1,
            "image_id": start + frame,
            "keypoints": body.reshape(-1).tolist(),
            **{key: make(track) for key, make in extra.items()},
        }
        for frame in range(people.shape[1])
        for track, body in present(people, frame)
    ]
    return {"images": images, "annotations": annotations}


def detections(people, frame, tracked=False):
    """What Ultralytics' to_json gives for a frame."""
    return [
        {
            "name": "person",
            "class": 0,
            "confidence": 0.5,
            "box": {"x1": 1.0, "y1": 2.0, "x2": 3.0, "y2": 4.0},
            **({"track_id": 7 - track} if tracked else {}),
            "keypoints": dict(zip(("x", "y", "visible"), body.T.tolist(), strict=True)),
        }
        for track, body in present(people, frame)
    ]


def landmarks(people, frame, as_dict):
    """A frame of MediaPipe's landmarks."""
    bodies = [body.tolist() for _, body in present(people, frame)]
    if not as_dict:
        return bodies
    names = ("x", "y", "z", "visibility")
    return [[dict(zip(names, point, strict=True)) for point in body] for body in bodies]


def table(people, columns=("frame", "person", "keypoint", "x", "y", "score")):
    """A csv file."""
    lines = [",".join(columns)]
    for frame in range(people.shape[1]):
        for person, body in present(people, frame):
            for keypoint, (x, y, score) in enumerate(body.tolist()):
                row = {"frame": frame, "person": person, "keypoint": keypoint}
                row |= {"x": x, "y": y or "nan", "score": score, "z": x * 2, "note": '"a,b"'}
                if score:
                    lines.append(",".join(str(row[name]) for name in columns))
    return "\n".join(lines) + "\n"


def saved(array, **options):
    """An npy file."""
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()
