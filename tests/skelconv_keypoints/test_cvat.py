"""CVAT's tracks of skeletons."""

from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from support.building import build
from support.folders import fill
from support.keypoints import people

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv.recipe.guessing import guesses_for
from skelconv_keypoints.cvat import clips_in, read_cvat

JOINTS = ["nose", "left_ear", "right_ear", "tail"]
MOST = 2**22
TASK = (
    "<task><id>7</id><name>walk</name>{}<original_size><width>640</width><height>480</height>"
    "</original_size></task>"
)
FRAMES = "<start_frame>{}</start_frame><stop_frame>{}</stop_frame>"
DRAWING = (
    '<line data-node-from="1" data-node-to="2"/>'
    '<circle data-node-id="1" data-label-name="nose"/>'
    '<circle data-node-id="2" data-label-name="tail"/>'
)


def label(name, joints, drawing=""):
    text = drawing.replace("<", "&lt;").replace(">", "&gt;")
    children = "".join(f"<label><name>{j}</name><parent>{name}</parent></label>" for j in joints)
    return f"<label><name>{name}</name><type>skeleton</type><svg>{text}</svg></label>{children}"


def track(made, name="mouse", joints=JOINTS, frames=None, more=""):
    """A person's track; NaN is outside."""
    lines = [f'<track id="0" label={quoteattr(name)} {more}>']
    for frame, body in zip(frames or range(len(made)), made, strict=True):
        lines.append(f'<skeleton frame="{frame}" keyframe="1" z_order="0">')
        for joint, (x, y) in zip(joints, body.tolist(), strict=True):
            outside = int(np.isnan(x))
            point = "0.00,0.00" if outside else f"{x},{y}"
            lines.append(
                f'<points label={quoteattr(joint)} outside="{outside}" occluded="1" '
                f'points="{point}"></points>'
            )
        lines.append("</skeleton>")
    return "\n".join([*lines, "</track>"])


def document(*tracks, meta=None):
    meta = TASK.format(FRAMES.format(0, 5)) if meta is None else meta
    return f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<meta>{meta}</meta>\n' + (
        "\n".join(tracks) + "\n</annotations>\n"
    )


def loaded(tmp_path, text, clip="", kind=None):
    path = tmp_path / "annotations.xml"
    path.write_text(text)
    return read_cvat(str(path), clip, kind, MOST)


def test_tracks_are_persons(tmp_path):
    made = people()[..., :2]
    tracks = loaded(tmp_path, document(*map(track, made)))
    np.testing.assert_array_equal(tracks.keypoint, made.astype(np.float32))
    assert [*tracks.joints] == JOINTS
    assert tracks.img_shape == (480, 640)


def test_boxes_are_no_persons_and_frames_are_those_of_the_task(tmp_path):
    made = people(1)[0, :, :, :2]
    box = '<track id="1" label="car"><box frame="0" outside="0" xtl="1"/></track>'
    meta = TASK.format(FRAMES.format(10, 40) + "<frame_filter>step=5</frame_filter>")
    frames = range(15, 45, 5)
    tracks = loaded(tmp_path, document(box, track(made, frames=frames), meta=meta))
    assert tracks.keypoint.shape == (1, 7, 4, 2)
    np.testing.assert_array_equal(tracks.keypoint[0, 1:], made.astype(np.float32))


def test_the_drawing_and_the_order_of_its_labels(tmp_path):
    made = people(1)[0, :, :, :2]
    order = ["tail", "nose", "right_ear", "left_ear"]
    tracks = loaded(tmp_path, document(track(made), meta=label("mouse", order, DRAWING)))
    assert [*tracks.joints] == order
    assert [*tracks.limbs] == [(0, 1)]
    at = [order.index(joint) for joint in JOINTS]
    np.testing.assert_array_equal(tracks.keypoint[0][:, at], made.astype(np.float32))


def test_skeletons_of_several_kinds(tmp_path):
    made = people()[..., :2]
    text = document(track(made[0]), track(made[1, :, :2], "dog", JOINTS[:2]))
    with pytest.raises(ClipError, match=r"mouse and dog have different joints \(option label\)"):
        loaded(tmp_path, text)
    assert loaded(tmp_path, text, kind="dog").keypoint.shape == (1, 6, 2, 2)
    with pytest.raises(ClipError, match="no skeletons of 'cat', but of mouse, dog"):
        loaded(tmp_path, text, kind="cat")


def test_a_project_has_a_clip_for_each_task(tmp_path):
    made = people()[..., :2]
    tasks = "".join(
        f"<task><id>{key}</id><name>{name}</name>{FRAMES.format(0, 5)}</task>"
        for key, name in ((7, "walk"), (8, "rest"))
    )
    text = document(
        *(track(one, more=f'task_id="{key}"') for key, one in zip((8, 7), made, strict=True)),
        meta=f"<project><tasks>{tasks}</tasks></project>",
    )
    (tmp_path / "annotations.xml").write_text(text)
    assert [*clips_in(str(tmp_path / "annotations.xml"), MOST)] == ["walk", "rest"]
    tracks = loaded(tmp_path, text, "rest")
    np.testing.assert_array_equal(tracks.keypoint, made[:1].astype(np.float32))


def test_built_as_guessed(tmp_path):
    made = people()[..., :2]
    text = document(*map(track, made))
    files = {f"{name}/annotations.xml": text for name in "ab"}
    (first, *_), _ = guesses_for(str(fill(tmp_path / "seen", files)))
    assert first.name == "cvat"
    options = {key: value for key, value in first.guess.options.items() if key != "root"}
    _, built = build(tmp_path, "cvat", files, **options)
    assert [*built.ids] == ["a", "b"]
    there = np.nan_to_num(made).astype(np.float32)
    np.testing.assert_array_equal(built[0].keypoint, there)
    assert [*layout_named(built.layout).joints] == JOINTS


ONE = '<track label="m"><skeleton frame="0">{}</skeleton></track>'
AGAIN = '<skeleton frame="0"/></track>'
POINT = '<points label="nose" outside="0" points="1,2"/>'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "not valid XML: no element found"),
        ("<annotations>\n<meta>", 2, "not valid XML"),
        ("<svg></svg>", 1, "it begins with 'svg'"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', 1, "has a document type"),
        ("<annotations>\n</annotations>", None, "no tracks of skeletons: export"),
        ('<annotations><image id="0"/></annotations>', None, "no tracks, but images"),
        (document(ONE.format(POINT * 2)), 4, "has 'nose' twice"),
        (document(ONE.format('<points points="1,2"/>')), 4, "a point without a label"),
        (document(ONE.format('<points label="a" points="1,2;3,4"/>')), 4, "is not a point"),
        (document(ONE.format('<points label="a" points="nan,2"/>')), 4, "is not a point"),
        (document(ONE.replace('"0"', '"-1"').format(POINT)), 4, "'-1' is not a frame's number"),
        (document(ONE.replace("</track>", AGAIN).format(POINT)), 4, "has frame 0 already"),
        (document(ONE.format(POINT), meta=TASK.format(FRAMES.format(3, 9))), None, "frames from 0"),
        (document(ONE.replace('"0"', '"999999999"').format(POINT)), None, "frames"),
        ("<annotations>" + "<a>" * 50, 1, "nested too deeply"),
    ],
)  # fmt: skip
def test_files_that_are_none(tmp_path, text, line, words):
    with pytest.raises(ClipError, match=words) as caught:
        loaded(tmp_path, text)
    assert caught.value.line == line
