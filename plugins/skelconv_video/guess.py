"""The guess of ``video-pose``, for ``skelconv init --from``."""

from __future__ import annotations

from collections import Counter

from skelconv.files import Samples
from skelconv.plugin import Guess
from skelconv_video.kinds import ARCHIVES, IMAGES, VIDEOS, suffix_of

# So many images of a folder are the frames of a video.
_FRAMES = 5


def guess_videos(samples: Samples) -> Guess | None:
    """Guess whether these are videos, or folders of their frames.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    endings = Counter(suffix_of(path) for path in samples.files)
    videos = [path for path in samples.files if suffix_of(path) in VIDEOS]
    images = [path for path in samples.files if suffix_of(path) in IMAGES]
    folders = Counter(path.rpartition("/")[0] for path in images)
    frames = [folder for folder, number in folders.items() if number >= _FRAMES]
    clips = videos or frames
    if not clips:
        if not (samples.is_file and suffix_of(samples.root) in ARCHIVES):
            return None
        reason, sure = "an archive, in which videos or images may be", 0.1
    else:
        kinds = ", ".join(kind for kind, _ in endings.most_common(3) if kind in VIDEOS | IMAGES)
        reason = f"videos ({kinds})" if videos else f"folders of images ({kinds})"
        sure = 0.9 if len(videos) > len(samples.files) / 2 else 0.4
    # Videos beside files of poses are what the poses were found in.
    classes = {path.rpartition("/")[0] for path in clips}
    labels = len(classes) > 1 and "" not in classes
    return Guess(
        options={
            "root": samples.root,
            "detector": {"use": "yolox", "with": {"model": "yolox-tiny"}},
            "people": ["track-people", {"use": "keep-people", "with": {"keep": 2, "by": "length"}}],
            "pose": {"use": "rtmpose", "with": {"model": "rtmpose-m"}},
        },
        reason=f"{reason}; the models are small ones (others: skelconv models)",
        confidence=sure,
        advice={
            "labels": "{folder: true}  # the folder that a video is in is its class"
            if labels
            else "{csv: labels.csv}  # a table with the columns id and label",
            "fps": "10  # frames a second; every frame without it",
        },
    )
