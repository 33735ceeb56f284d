"""Tables of contents in the form of Kinetics-400's, and their skeletons."""

import pickle
from pathlib import Path

import numpy as np

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)


def table(folder: Path, *, first: int = 0, count: int = 12, raw_file: bool = False) -> Path:
    """Write clips as the published table has them: of 300 frames, with persons in each second one.

    Some have crowds, most have no person at their end, and `valid` was counted before the boxes'
    scores were rounded to float16.
    """
    (folder / "kpfiles").mkdir(parents=True)
    annotations, batch = [], {}
    for number in range(first, first + count):
        rng = np.random.default_rng(number)
        end = 300 if number % 10 == 0 else 40 + 20 * (number % 13)
        per_frame = rng.integers(0, 3, size=end // 2)
        per_frame[3] = 34 if number % 3 == 0 else 1
        per_frame[-1] = 2
        frames = np.repeat(np.arange(1, end + 1, 2)[: end // 2], per_frame).astype(np.int16)
        exact = rng.uniform(0.5, 1, size=len(frames))
        exact[:5] = np.nextafter(0.8, 0)  # in float16 the same as 0.8
        name = f"clip{number:03}"
        keypoint = rng.uniform(1, 300, size=(len(frames), 17, 3)).astype(np.float16)
        annotations.append(
            {
                "frame_dir": name,
                "label": number % 4,
                "img_shape": (320, 570),
                "original_shape": (320, 570),
                "total_frames": 300 - number % 2,
                "frame_inds": frames,
                "box_score": exact.astype(np.float16),
                "valid": {score: len(set(frames[exact >= score])) for score in THRESHOLDS},
            }
        )
        if raw_file:
            annotations[-1]["raw_file"] = "data/k400/kpfiles/part_00000.pkl"
            batch[name] = {"keypoint": keypoint}
        else:
            (folder / "kpfiles" / f"{name}.pkl").write_bytes(pickle.dumps({"keypoint": keypoint}))
    if raw_file:
        (folder / "kpfiles" / "part_00000.pkl").write_bytes(pickle.dumps(batch))
    names = [annotation["frame_dir"] for annotation in annotations]
    whole = {"split": {"train": names[1:], "val": names[:1]}, "annotations": annotations}
    (folder / "annotations.pkl").write_bytes(pickle.dumps(whole))
    return folder
