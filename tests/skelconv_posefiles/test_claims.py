"""What the user says of files, and what they say of themselves: units, joints, first frames."""

import json

import numpy as np
import pytest
from support.posefiles import (
    alphapose,
    coco,
    detections,
    kinetics,
    mmpose,
    openpose,
    present,
    saved,
    table,
)

import skelconv
from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv.testing import check_source
from skelconv_posefiles import plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}
NAMES = layout_named("coco17").joints
H, W = 480, 640


def source(name, **options):
    offer = OFFERED[name]
    return offer.create(offer.options.model_validate(options))


def only(name, **options):
    """The one clip of a source, which keeps the contract."""
    (clip,) = check_source(source(name, **options))
    return clip


def refusal(name, **options):
    """Why the one item of a source cannot be loaded."""
    made = source(name, **options)
    (item,) = made.inventory().items
    with pytest.raises(ClipError) as caught:
        made.load(item)
    return caught.value.reason


def coco_without_sizes(people):
    file = coco(people)
    for image in file["images"]:
        del image["height"], image["width"]
    return json.dumps(file)


def landmarks(people):
    """MediaPipe's list of frames, with z."""
    return json.dumps(
        [
            [
                [[x, y, 0.5, score] for x, y, score in body.tolist()]
                for _, body in present(people, t)
            ]
            for t in range(people.shape[1])
        ]
    )


def ultralytics(people, start=0):
    """A JSON file for each frame."""
    return {
        f"a_{start + t}.json": json.dumps(detections(people, t)) for t in range(people.shape[1])
    }


def in_folder(files):
    return {f"a/{name}": text for name, text in files.items()}


# For each source the number of joints, the files of a clip, and the options that it needs.
FORMATS = {
    "openpose": (25, lambda people: in_folder(openpose(people)), {}),
    "kinetics-skeleton": (18, lambda people: {"a.json": kinetics(people, 1, 1)}, {}),
    "coco-keypoints": (17, lambda people: {"a.json": coco_without_sizes(people)}, {}),
    "mmpose": (17, lambda people: {"a.json": json.dumps(mmpose(people))}, {}),
    "alphapose": (17, lambda people: {"a.json": json.dumps(alphapose(people))}, {}),
    "ultralytics": (17, ultralytics, {"form": "json"}),
    "mediapipe": (33, lambda people: {"a.json": landmarks(people)}, {}),
    "pose-table": (17, lambda people: {"a.csv": table(people)}, {"layout": "coco17"}),
    "pose-array": (17, lambda people: {"a.npy": saved(people)}, {"layout": "coco17"}),
}
FIRST_IS_1 = ("kinetics-skeleton", "ultralytics")
OF_FRACTIONS = ("kinetics-skeleton", "mediapipe")


def test_all_sources_are_here():
    assert set(FORMATS) == set(OFFERED)


@pytest.fixture(params=FORMATS)
def form(request):
    return request.param


@pytest.fixture
def pixels(people, form):
    """People within the image, in pixels; some joints are missing, and the last frame is there."""
    return people(FORMATS[form][0])[:, :-1]


def as_fractions(people, units, inset):
    """The same people in other units; what is missing stays zeros."""
    size = [W - inset, H - inset]
    xy = people[..., :2] / size
    xy = xy * 2 - 1 if units == "signed-fractions" else xy
    there = people[..., 2:] > 0
    return np.concatenate((np.where(there, xy, 0), people[..., 2:]), -1)


class TestUnits:
    @pytest.mark.parametrize("units", ["fractions", "signed-fractions"])
    def test_fractions_become_pixels(self, form, pixels, fill, units):
        _, write, options = FORMATS[form]
        given = as_fractions(pixels, units, inset=int(form == "openpose"))
        root = fill(write(given))
        clip = only(form, root=root, units=units, img_shape=[H, W], **options)
        assert clip.img_shape == (H, W)
        assert np.allclose(clip.keypoint, pixels[..., :2], atol=1e-3)
        assert not clip.keypoint[pixels[..., 2] == 0].any()
        assert np.allclose(clip.keypoint_score, pixels[..., 2])

    @pytest.mark.parametrize("units", ["pixels", "metres"])
    def test_pixels_and_metres_stay_as_they_are(self, form, pixels, fill, units):
        _, write, options = FORMATS[form]
        clip = only(form, root=fill(write(pixels)), units=units, img_shape=[H, W], **options)
        assert np.array_equal(clip.keypoint, pixels[..., :2])

    def test_fractions_that_are_called_pixels_are_refused(self, form, pixels, fill):
        _, write, options = FORMATS[form]
        root = fill(write(as_fractions(pixels, "fractions", 0)))
        reason = refusal(form, root=root, units="pixels", img_shape=[H, W], **options)
        assert "they are not pixels (option units: fractions)" in reason
        if form not in OF_FRACTIONS:
            assert refusal(form, root=root, img_shape=[H, W], **options) == reason

    def test_pixels_that_are_called_fractions_are_refused(self, form, pixels, fill):
        _, write, options = FORMATS[form]
        root = fill(write(pixels))
        reason = refusal(form, root=root, units="fractions", img_shape=[H, W], **options)
        assert "they are not fractions (option units: pixels)" in reason

    def test_fractions_of_an_unknown_size_are_refused(self, form, pixels, fill):
        _, write, options = FORMATS[form]
        root = fill(write(as_fractions(pixels, "fractions", 0)))
        options = {"root": root, "units": "fractions", "img_shape": None, **options}
        if form == "coco-keypoints":  # a file may have sizes, which is seen when it is read
            assert "whose size is not known: give img_shape" in refusal(form, **options)
            return
        with pytest.raises(ValueError, match=r"such as img_shape: \[1080, 1920\]"):
            OFFERED[form].options.model_validate(options)

    def test_the_sizes_of_a_file_are_enough(self, people, fill):
        pixels = people(17)
        root = fill({"a.json": json.dumps(coco(as_fractions(pixels, "fractions", 0)))})
        clip = only("coco-keypoints", root=root, units="fractions")
        assert np.allclose(clip.keypoint, pixels[..., :2], atol=1e-3)

    def test_three_coordinates_are_in_metres_unless_said(self, people, fill):
        metres = people(17)[..., [0, 1, 0, 2]] / 1024
        root = fill({"a.npy": saved(metres)})
        options = {"root": root, "layout": "h36m17", "channels": "xyz-score"}
        assert np.array_equal(only("pose-array", **options).keypoint, metres[..., :3])
        clip = only("pose-array", units="fractions", img_shape=[H, W], **options)
        assert np.allclose(clip.keypoint, metres[..., :3] * [W, H, W])

    @pytest.mark.parametrize("name", ["pose-array", "pose-table"])
    def test_scores_that_are_called_z_are_refused(self, people, fill, name):
        written = people(17)
        if name == "pose-array":
            root, options = fill({"a.npy": saved(written)}), {"channels": "xyz"}
        else:
            columns = {"joint": "keypoint", "frame": "frame", "z": "score"}
            root, options = fill({"a.csv": table(written[:1])}), {"columns": columns}
        reason = refusal(name, root=root, layout="coco17", **options)
        assert "they are scores (option channels)" in reason


def shuffled(people, seed=5):
    order = np.random.default_rng(seed).permutation(17)
    return people[:, :, order], [NAMES[at] for at in order]


def coco_named(people, names, **extra):
    file = coco(people, **extra)
    return file | {"categories": [{"id": 1, "name": "person", "keypoints": names}]}


def mmpose_named(people, names):
    meta = {"keypoint_id2name": {str(at): name for at, name in enumerate(names)}}
    return {"meta_info": meta, "instance_info": mmpose(people)}


class TestJoints:
    @pytest.mark.parametrize("name", ["coco-keypoints", "mmpose"])
    def test_keypoints_in_another_order_are_re_ordered(self, people, fill, name):
        pixels = people(17)
        other, names = shuffled(pixels)
        write = coco_named if name == "coco-keypoints" else mmpose_named
        assert not np.array_equal(other, pixels)
        clip = only(name, root=fill({"a.json": json.dumps(write(other, names))}))
        assert np.array_equal(clip.keypoint, pixels[..., :2])
        assert np.array_equal(clip.keypoint_score, pixels[..., 2])

    def test_other_joints_are_refused(self, people, fill):
        names = [
            "head_bottom" if n == "left_eye" else "head_top" if n == "right_eye" else n
            for n in NAMES
        ]
        reason = (
            "its joints are not those of coco17: it has head_bottom, head_top, and it lacks "
            "left_eye, right_eye (option layout)"
        )
        root = fill({"a.json": json.dumps(coco_named(people(17), names))})
        (one,) = source("coco-keypoints", root=root).inventory().rejected
        assert one.reason == reason
        root = fill({"a.json": json.dumps(mmpose_named(people(17), names))})
        assert refusal("mmpose", root=root) == reason

    def test_each_category_has_its_own_names(self, people, fill):
        pixels = people(17, persons=1)
        other, names = shuffled(pixels)
        file = coco_named(other, names, category_id=lambda track: 1)
        tool = {"id": 2, "name": "hammer", "keypoints": ["head", "handle"]}
        file["categories"].append(tool)
        clip = only("coco-keypoints", root=fill({"a.json": json.dumps(file)}))
        assert np.array_equal(clip.keypoint, pixels[..., :2])

    @pytest.mark.parametrize(
        ("names", "reason"),
        [
            (5, "categories: keypoints is not a list of names"),
            ([1] * 17, "categories: keypoints is not a list of names"),
            ([*NAMES[1:], "neck"], "it has neck, and it lacks nose"),
            (NAMES[1:], "it lacks nose"),
        ],
    )
    def test_absurd_names_are_the_files_error(self, people, fill, names, reason):
        root = fill({"a.json": json.dumps(coco_named(people(17), names))})
        (one,) = source("coco-keypoints", root=root).inventory().rejected
        assert reason in one.reason

    def test_the_first_names_are_those_of_the_keypoints(self, people, fill):
        pixels = people(17)
        other, names = shuffled(pixels)
        more = [*names, "left_finger", "right_finger"]
        clip = only("coco-keypoints", root=fill({"a.json": json.dumps(coco_named(other, more))}))
        assert np.array_equal(clip.keypoint, pixels[..., :2])

    def test_fewer_keypoints_than_names(self, people, fill):
        root = fill({"a.json": json.dumps(mmpose_named(people(16), list(NAMES)))})
        reason = refusal("mmpose", root=root)
        assert reason == "frame 0, person 0: 16 keypoints, and the file names 17"

    def test_a_csv_may_name_keypoints(self, people, fill):
        pixels = people(17)[:, :-1]
        lines = table(pixels).splitlines()
        named = [lines[0]]
        for line in lines[1:]:
            frame, person, keypoint, rest = line.split(",", 3)
            named.append(f"{frame},{person},{NAMES[int(keypoint)].upper()},{rest}")
        root = fill({"a.csv": "\n".join(named)})
        clip = only("pose-table", root=root, layout="coco17")
        assert np.array_equal(clip.keypoint, pixels[..., :2])
        root = fill({"a.csv": "frame,keypoint,x,y\n0,nose,1,2\n0,head_top,3,4\n"})
        made = source("pose-table", root=root, layout="coco17")
        with pytest.raises(ClipError, match="it has head_top") as caught:
            made.load(made.inventory().items[0])
        assert caught.value.line == 3


def numbered(form, people, start):
    """The files of a clip whose frames are numbered from another number on."""
    if form == "openpose":
        return in_folder(openpose(people, start=start))
    if form == "ultralytics":
        return ultralytics(people, start)
    if form == "alphapose":
        rows = alphapose(people)
        for row in rows:
            row["image_id"] = f"{int(row['image_id'][:-4]) + start}.jpg"
        return {"a.json": json.dumps(rows)}
    if form == "mmpose":
        return {"a.json": json.dumps(mmpose(people, start))}
    if form == "coco-keypoints":
        return {"a.json": json.dumps(coco(people, lambda frame: f"v_{frame + start}.jpg"))}
    if form == "kinetics-skeleton":
        file = json.loads(kinetics(people, H, W))
        for frame in file["data"]:
            frame["frame_index"] += start - 1
        return {"a.json": json.dumps(file)}
    assert form == "pose-table"
    header, *rows = table(people).splitlines()
    moved = [f"{int(r.partition(',')[0]) + start},{r.partition(',')[2]}" for r in rows]
    return {"a.csv": "\n".join([header, *moved])}


NUMBERED = [name for name in FORMATS if name not in ("mediapipe", "pose-array")]
# In these a file lists every frame, so that its first one is the video's.
LISTING = ("coco-keypoints", "mmpose")


@pytest.mark.parametrize("name", NUMBERED)
class TestFrames:
    def make(self, name, people, fill, start, **options):
        joints, _, needed = FORMATS[name]
        pixels = people(joints, frames=15)[:, :-1]
        root = fill(numbered(name, pixels, start))
        return pixels, {"root": root, "img_shape": [H, W], **needed, **options}

    @pytest.mark.parametrize("start", [0, 7, 3000])
    def test_first_is_the_first_frame_that_there_is(self, name, people, fill, start):
        pixels, options = self.make(name, people, fill, start, first_frame="first")
        clip = only(name, **options)
        assert np.allclose(clip.keypoint, pixels[..., :2], atol=1e-3)

    def test_a_long_gap_at_the_beginning_is_never_silent(self, name, people, fill):
        pixels, options = self.make(name, people, fill, 3000)
        if name in LISTING:
            assert np.array_equal(only(name, **options).keypoint, pixels[..., :2])
            return
        first = int(name in FIRST_IS_1)
        assert refusal(name, **options) == (
            f"its first frame has the number 3000, so that {3000 - first} empty frames would come "
            f"before 14 others (option first_frame: 'first' leaves them out, {first} keeps them)"
        )
        clip = only(name, first_frame=first, **options)
        assert clip.total_frames == 3014 - first
        assert not clip.keypoint[:, : 3000 - first].any()
        assert np.allclose(clip.keypoint[:, 3000 - first :], pixels[..., :2], atol=1e-3)

    def test_a_short_gap_is_kept(self, name, people, fill):
        pixels, options = self.make(name, people, fill, 9)
        clip = only(name, **options)
        gap = 0 if name in LISTING else 9 - (name in FIRST_IS_1)
        assert clip.total_frames == 14 + gap
        assert np.allclose(clip.keypoint[:, gap:], pixels[..., :2], atol=1e-3)

    def test_a_known_length_speaks_for_the_gap(self, name, people, fill):
        _, options = self.make(name, people, fill, 200)
        lengths = fill({}).parent / "lengths.csv"
        clip_id = {"coco-keypoints": "v"}.get(name, "a")
        lengths.write_text(f"id,total_frames\n{clip_id},300\n")
        assert only(name, total_frames=lengths, **options).total_frames == 300
        lengths.write_text(f"id,total_frames\n{clip_id},14\n")
        if name not in LISTING:
            reason = refusal(name, total_frames=lengths, **options)
            assert reason.endswith("(options total_frames, first_frame)")

    def test_a_frame_before_the_first_is_refused(self, name, people, fill):
        _, options = self.make(name, people, fill, 3)
        reason = refusal(name, first_frame=4, **options)
        assert reason == "frame 3, where the first is 4 (option first_frame)"


def build(tmp_path, use, root, **options):
    return skelconv.build(
        {
            "name": "x",
            "source": {"use": use, "with": {"root": str(root), "img_shape": [H, W], **options}},
            "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
        },
        executor="serial",
    )


def test_a_clip_that_nobody_is_in_is_quarantined(form, people, fill, tmp_path):
    joints, write, options = FORMATS[form]
    somebody = people(joints)[:, :-1]
    if form in OF_FRACTIONS:
        somebody = as_fractions(somebody, "fractions", 0)
    nobody = somebody * 0
    empty = {"openpose": {f"b/{k}": v for k, v in openpose(nobody).items()}}.get(form)
    if form == "coco-keypoints":
        file = coco(somebody)
        file["images"] += [{"id": 99, "file_name": "b_0.jpg"}]
        files = {"a.json": json.dumps(file)}
    else:
        others = {f"b{name[1:]}": text for name, text in write(nobody).items()}
        if form == "alphapose":  # it lists detections only
            others = {"b.json": json.dumps([{"image_id": 3, "keypoints": [0] * 51}])}
        if form == "pose-table":
            others = {"b.csv": "frame,keypoint,x,y\n0,0,,\n"}
        files = {**write(somebody), **(empty or others)}
    report = build(tmp_path, form, fill(files), **options)
    assert report.clips == 1
    (one,) = report.quarantined
    assert (one.id, one.reason) == ("b", "nobody is in it")


class TestHandsAndFace:
    @pytest.fixture
    def files(self, people):
        """Frames of people with body, hands and face, and the arrays of these."""
        body, left, right, face = (people(n, persons=1, seed=n) for n in (25, 21, 22, 70))
        right = right[:, :, :21]
        texts = openpose(body)
        for frame, name in enumerate(texts):
            content = json.loads(texts[name])
            for person in content["people"]:
                for key, part in (("hand_left", left), ("hand_right", right), ("face", face)):
                    person[f"{key}_keypoints_2d"] = part[0, frame].reshape(-1).tolist()
            texts[name] = json.dumps(content)
        return in_folder(texts), np.concatenate((body, left, right, face), 2)

    @pytest.mark.parametrize(("layout", "joints"), [("openpose67", 67), ("openpose137", 137)])
    def test_they_follow_the_body(self, files, fill, layout, joints):
        texts, parts = files
        made = source("openpose", root=fill(texts), layout=layout)
        (clip,) = check_source(made)
        assert np.array_equal(clip.keypoint, parts[:, :, :joints, :2])
        assert np.array_equal(clip.keypoint_score, parts[:, :, :joints, 2])
        notes = made.inventory().notes
        assert [note.partition(" too")[0] for note in notes] == (
            ["the files have faces"] if joints == 67 else []
        )

    def test_what_is_left_out_is_told_once(self, files, people, fill, tmp_path):
        texts, _ = files
        more = {f"{clip}/{name[2:]}": text for clip in "abc" for name, text in texts.items()}
        report = build(tmp_path, "openpose", fill(more))
        assert report.clips == 3
        note = (
            "the files have left hands, right hands, faces too, which openpose25 leaves out "
            "(layout: openpose67 has hands, openpose137 hands and faces)"
        )
        assert list(report.notes) == [note]
        written = json.loads((tmp_path / "out.pkl.skelconv.json").read_text())
        assert written["report"]["notes"] == [note]

    def test_nothing_is_told_where_nothing_is_left_out(self, people, fill):
        root = fill(in_folder(openpose(people(25), face_keypoints_2d=[])))
        assert not source("openpose", root=root).inventory().notes

    def test_files_of_the_first_openpose(self, files, fill):
        texts, parts = files
        old = {name: text.replace("_keypoints_2d", "_keypoints") for name, text in texts.items()}
        made = source("openpose", root=fill(old), layout="openpose67")
        (clip,) = check_source(made)
        assert np.array_equal(clip.keypoint, parts[:, :, :67, :2])
        assert "face" in made.inventory().notes[0]

    def test_missing_hands_are_missing(self, people, fill):
        body = people(25)
        files = in_folder(openpose(body, hand_left_keypoints_2d=[]))
        clip = only("openpose", root=fill(files), layout="openpose67")
        assert np.array_equal(clip.keypoint[:, :, :25], body[..., :2])
        assert not clip.keypoint[:, :, 25:].any()
        assert not clip.keypoint_score[:, :, 25:].any()

    def test_a_hand_of_another_size_is_refused(self, people, fill):
        files = in_folder(openpose(people(25), hand_left_keypoints_2d=[1, 2, 1] * 20))
        reason = refusal("openpose", root=fill(files), layout="openpose67")
        assert reason == "person 0: hand_left_keypoints_2d has 20 keypoints, not 21"

    def test_the_further_lists_of_a_whole_body_in_coco(self, people, fill):
        pixels = people(133)
        file = coco(pixels)
        cuts = {"foot_kpts": (17, 23), "face_kpts": (23, 91)}
        cuts |= {"lefthand_kpts": (91, 112), "righthand_kpts": (112, 133)}
        for row in file["annotations"]:
            flat = row["keypoints"]
            row["keypoints"] = flat[: 17 * 3]
            row |= {name: flat[3 * start : 3 * end] for name, (start, end) in cuts.items()}
        file["categories"] = [{"id": 1, "keypoints": list(NAMES)}]
        root = fill({"a.json": json.dumps(file)})
        made = source("coco-keypoints", root=root, layout="coco-wholebody133")
        (clip,) = check_source(made)
        assert np.array_equal(clip.keypoint, pixels[..., :2])
        assert not made.inventory().notes
        made = source("coco-keypoints", root=root)
        (clip,) = check_source(made)
        assert np.array_equal(clip.keypoint, pixels[:, :, :17, :2])
        (note,) = made.inventory().notes
        assert note == (
            "the files have foot_kpts, face_kpts, lefthand_kpts, righthand_kpts too, which coco17 "
            "leaves out (layout: coco-wholebody133 takes them)"
        )
