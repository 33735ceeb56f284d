"""From an encoded video of a real person to a dataset."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.photograph import FACE, FRAMES, SIZE, Frame, Points, astronaut, views
from support.videos import write_video

import skelconv
from skelconv import Clip, Dataset
from skelconv.engine.report import BuildReport
from skelconv_mediapipe.options import MediapipeOptions
from skelconv_mediapipe.pose_model import Mediapipe


@pytest.fixture(scope="module")
def photograph() -> Frame:
    return astronaut()


@pytest.fixture(scope="module")
def bundle(bundles: Path) -> str:
    return str(bundles / "pose.task")


@pytest.fixture(scope="module")
def report(photograph: Frame, bundle: str, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    folder = tmp_path_factory.mktemp("videos")
    frames = [view.show(photograph) for view in views()]
    write_video(folder / "astronaut.mp4", frames, codec="libx264", pix_fmt="yuv420p")
    # The first and the last frame are empty.
    dark = np.zeros_like(photograph)
    write_video(folder / "late.mp4", [dark, *frames[:3], dark], codec="libx264", pix_fmt="yuv420p")
    write_video(folder / "empty.mp4", [dark] * 3, codec="libx264", pix_fmt="yuv420p")
    source = {
        "root": str(folder),
        "pose": {"use": "mediapipe", "with": {"model": bundle}},
        "keep_boxes": True,
    }
    target = folder.parent / "astronaut.pkl"
    recipe = folder.parent / "recipe.json"
    recipe.write_text(
        json.dumps(
            {
                "skelconv": 1,
                "name": "astronaut",
                "source": {"use": "video-pose", "with": source},
                "sink": {"use": "pickle", "with": {"path": str(target)}},
            }
        )
    )
    return skelconv.build(recipe, workers=1)


@pytest.fixture(scope="module")
def dataset(report: BuildReport) -> Dataset:
    return skelconv.open(report.target)


@pytest.fixture(scope="module")
def clip(dataset: Dataset) -> Clip:
    return dataset["astronaut"]


@pytest.fixture(scope="module")
def truth(photograph: Frame, bundle: str) -> Points:
    """The joints of the face in the photograph, moved as the photograph is."""
    ((_, poses),) = Mediapipe(MediapipeOptions(model=bundle)).find([photograph])
    return np.array([view.place(poses.keypoint[0, FACE].astype(np.float64)) for view in views()])


def test_every_frame_is_kept(clip: Clip) -> None:
    assert clip.total_frames == FRAMES
    assert clip.img_shape == (SIZE, SIZE)


def test_one_person_is_followed_from_the_first_frame_to_the_last(clip: Clip) -> None:
    assert clip.keypoint.shape == (1, FRAMES, 33, 2)
    assert clip.layout == "blazepose33"
    assert (clip.fields["bbox_score"].values > 0).all()


def test_the_face_follows_the_picture(clip: Clip, truth: Points) -> None:
    off = np.linalg.norm(clip.keypoint[0, :, FACE] - truth, axis=-1)
    assert off.max() < 8


def test_the_picture_moves_far_enough_for_the_comparison(truth: Points) -> None:
    """A face that does not move, or is a frame late, is not within those 8 pixels."""
    assert np.ptp(truth, axis=0).min() > 100
    assert np.linalg.norm(np.diff(truth, axis=0), axis=-1).max() > 16


def test_empty_frames_are_kept_and_marked(dataset: Dataset) -> None:
    late = dataset["late"]
    assert late.total_frames == 5
    there = late.fields["bbox_score"].values[0] > 0
    assert there.tolist() == [False, True, True, True, False]
    assert not late.keypoint[0, ~there].any()


def test_a_video_without_people_is_quarantined(report: BuildReport, dataset: Dataset) -> None:
    assert [quarantined.id for quarantined in report.quarantined] == ["empty"]
    assert list(dataset.ids) == ["astronaut", "late"]
