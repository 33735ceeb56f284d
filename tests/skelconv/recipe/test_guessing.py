"""The recipe that is written for data: by whoever is most confident, and with what is unknown."""

import io
import json
import pickle

import numpy as np
import pytest

import skelconv
from skelconv import RecipeError, SkelconvError, load_recipe
from skelconv.cli.app import run
from skelconv.plugin import Guess, Options, SourcePlugin
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import Offer, Registry
from skelconv.recipe import guessing


def offer(name, guess, distribution="acme"):
    source = SourcePlugin(name=name, summary="x", options=Options, create=print, guess=guess)
    return Offer("source", source, distribution, "1")


@pytest.fixture
def registry(monkeypatch):
    """Let only these sources be asked."""

    def install(*offers):
        made = Registry([*offers])
        monkeypatch.setattr(guessing, "load_registry", lambda: made)

    return install


def says(confidence, **options):
    return lambda samples: Guess(options=options, reason="so it is", confidence=confidence)


class TestWhoIsRight:
    def test_the_most_confident_and_of_equal_ones_skelconvs_own(self, registry, tmp_path):
        registry(
            offer("a", says(0.5)),
            offer("b", says(0.7)),
            offer("c", says(0.7), "skelconv"),
            offer("d", lambda samples: None),
            offer("e", None),
        )
        found, failures = guessing.guesses_for(str(tmp_path))
        assert [one.name for one in found] == ["c", "b", "a"]
        assert not failures

    def test_one_that_fails_does_not_disturb_the_others(self, registry, tmp_path):
        def fails(samples):
            raise RuntimeError("no idea")

        registry(
            offer("a", fails),
            offer("b", lambda samples: "b"),
            offer("c", says(0.5, root=object())),
            offer("d", lambda samples: Guess(options={}, reason=3, confidence=1)),
            offer("e", says(float("nan"))),
            offer("f", says(0.1)),
        )
        found, failures = guessing.guesses_for(str(tmp_path))
        assert [one.name for one in found] == ["f"]
        assert len(failures) == 5
        assert "the source 'a' failed: RuntimeError: no idea" in failures[0]

    def test_what_nobody_knows(self, registry, tmp_path):
        registry(offer("a", lambda samples: None))
        (tmp_path / "a.xyz").touch()
        with pytest.raises(SkelconvError) as caught:
            guessing.guesses_for(str(tmp_path))
        assert caught.value.what == "no source knows what is in it: 1 file, such as .xyz"
        assert "pose-table" in caught.value.hint
        with pytest.raises(SkelconvError, match="there is no such file or folder"):
            guessing.guesses_for(str(tmp_path / "gone"))


def test_a_recipe_says_what_is_unknown_where_it_is(registry, tmp_path):
    guess = Guess(
        options={"root": "my ${data}: x", "columns": {"x": "{n}x"}, "n": "1e3"},
        reason="a\nreason",
        confidence=1,
        unknown={"columns.id": "the id\n# of it", "img_shape": "the size"},
        advice={"labels": "{csv: a.csv}  # of\nlabels"},
    )
    registry(offer("a", lambda samples: guess))
    (found,), _ = guessing.guesses_for(str(tmp_path))
    text = guessing.recipe_for(found, "x", "my x.yaml")
    import yaml

    document = yaml.safe_load(text)
    assert document["source"] == {
        "use": "a",
        "with": {
            "root": "my $${data}: x",
            "columns": {"x": "{n}x", "id": "FILL-IN"},
            "n": "1e3",
            "img_shape": "FILL-IN",
        },
    }
    lines = text.splitlines()
    places = list(guessing.places_of(text))
    assert [what for _, what in places] == [
        "id: FILL-IN  # the id # of it",
        "img_shape: FILL-IN  # the size",
    ]
    for number, what in places:
        assert lines[number - 1].strip() == what
    assert "# It looks like a: a reason" in lines
    assert "    # labels: {csv: a.csv} # of labels" in lines
    assert "#   skelconv plan 'my x.yaml'" in lines


@pytest.fixture
def landmarks(tmp_path, monkeypatch):
    """Tables of landmarks in fractions, in a folder for each class."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for clip in ("walk/a", "walk/b", "run/c"):
        path = tmp_path / "my data" / f"{clip}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = rng.uniform(0.1, 0.9, (8, 66))
        names = ",".join(f"x{n},y{n}" for n in range(33))
        text = "\n".join([names, *(",".join(map(str, row)) for row in rows.tolist())])
        path.write_text(text)
    return tmp_path


class TestCommand:
    def test_from_data_to_a_dataset(self, landmarks, capsys):
        assert run(["init", "--from", "my data"]) == 0
        out, err = capsys.readouterr()
        assert out == "my-data.yaml\n"
        assert "it looks like pose-table: c.csv: a wide table of 33 joints" in err
        assert "fill in: my-data.yaml:" in err
        assert err.endswith("next: skelconv plan my-data.yaml\n")
        with pytest.raises(RecipeError) as caught:
            load_recipe("my-data.yaml")
        assert "img_shape" in str(caught.value)
        path = landmarks / "my-data.yaml"
        text = path.read_text().replace("img_shape: FILL-IN", "img_shape: [480, 640]")
        path.write_text(text.replace("# labels: {folder", "labels: {folder"))
        assert run(["plan", "my-data.yaml"]) == 0
        report = skelconv.build("my-data.yaml", executor="serial")
        assert report.clips == 3
        dataset = skelconv.open("out/my-data.pkl")
        assert [(clip.id, clip.label) for clip in dataset] == [
            ("run/c", 0), ("walk/a", 1), ("walk/b", 1)
        ]  # fmt: skip
        assert dataset["run/c"].img_shape == (480, 640)

    def test_nothing_is_written_over(self, landmarks, capsys):
        assert run(["init", "--from", "my data", "-o", "sub/x.yaml"]) == 0
        before = (landmarks / "sub/x.yaml").read_text()
        assert run(["init", "--from", "my data", "-o", "sub/x.yaml"]) == 1
        assert "there is a file of this name already" in capsys.readouterr().err
        assert (landmarks / "sub/x.yaml").read_text() == before

    @pytest.mark.parametrize(
        "arguments", [["ntu60_xsub", "--from", "my data"], ["-o", "x.yaml"], ["x", "-o", "x.yaml"]]
    )
    def test_arguments_that_do_not_go_together(self, landmarks, capsys, arguments):
        assert run(["init", *arguments]) != 0
        assert "--from DATA -o RECIPE" in capsys.readouterr().err


class TestOwnSources:
    """The first guess of all installed sources, for data of those that are no pose files."""

    def first(self, path):
        found, failures = guessing.guesses_for(str(path))
        assert not failures
        return found[0].name, found[0].guess

    @pytest.mark.parametrize("zipped", [True, False])
    def test_raw_ntu(self, tmp_path, zipped):
        import zipfile

        names = [f"S0{setup}C001P001R001A001.skeleton" for setup in (18, 17, 16)]
        (tmp_path / "raw").mkdir()
        for name in names:
            (tmp_path / "raw" / name).write_text("0\n")
        root = tmp_path / "raw"
        if zipped:
            root = tmp_path / "all.zip"
            with zipfile.ZipFile(root, "w") as archive:
                for name in names:
                    archive.writestr(f"nturgb+d_skeletons/{name}", "0\n")
        name, guess = self.first(root)
        assert (name, guess.options) == ("ntu-raw", {"root": str(root)})
        (tmp_path / "raw" / names[0]).unlink()
        if not zipped:
            assert self.first(root)[1].options["dataset"] == "ntu60"

    def test_babel(self, tmp_path):
        for part in ("val", "train"):
            np.save(tmp_path / f"{part}_ntu_sk_60.npy", np.zeros((2, 3, 150, 25, 1)))
            (tmp_path / f"{part}_label_60.pkl").write_bytes(pickle.dumps((["a"], ([0],) * 4)))
        name, guess = self.first(tmp_path)
        assert name == "babel"
        assert guess.options == {
            "root": str(tmp_path), "classes": 60, "parts": ["train", "val"]
        }  # fmt: skip

    def test_videos_and_folders_of_frames(self, tmp_path):
        for folder in ("walk", "run"):
            (tmp_path / "videos" / folder).mkdir(parents=True)
            (tmp_path / "videos" / folder / "a.MP4").touch()
            (tmp_path / "frames" / folder / "a").mkdir(parents=True)
            for frame in range(9):
                (tmp_path / "frames" / folder / "a" / f"{frame:05}.jpg").touch()
        for root in ("videos", "frames"):
            name, guess = self.first(tmp_path / root)
            assert name == "video-pose"
            assert guess.advice["labels"].startswith("{folder: true}")
        (tmp_path / "videos" / "readme.txt").touch()
        assert self.first(tmp_path / "videos")[0] == "video-pose"

    def test_finished_datasets(self, tmp_path):
        clip = {
            "frame_dir": "a", "label": 0, "total_frames": 3, "img_shape": (480, 640),
            "original_shape": (480, 640), "keypoint": np.ones((1, 3, 17, 2), np.float16),
            "keypoint_score": np.ones((1, 3, 17), np.float16),
        }  # fmt: skip
        (tmp_path / "mine.pkl").write_bytes(pickle.dumps([clip]))
        for root in (tmp_path / "mine.pkl", tmp_path):
            name, guess = self.first(root)
            assert name == "stored"
            assert guess.options == {"paths": [str(tmp_path / "mine.pkl")]}
        file = io.BytesIO()
        arrays = {"x_train": np.ones((2, 5, 150), np.float32), "y_train": np.eye(2)}
        np.savez(file, **arrays, x_test=arrays["x_train"], y_test=np.eye(2))
        (tmp_path / "ctr.npz").write_bytes(file.getvalue())
        assert self.first(tmp_path / "ctr.npz")[0] == "stored"


def _frame(frames, **pose):
    return json.dumps({"frames": [[pose]] * frames})


SKELETON = "1\n1\n7 0 1 1 1 1 0 0.1 -0.2 2\n17\n" + "1 2 3 4 5 6 7 8 9 10 11 2\n" * 17
FILES = {
    "bvh": ("a.bvh", b"HIERARCHY\nROOT Hips\n"),
    "c3d": ("a.c3d", b"\x02\x50" + bytes(510)),
    "pose-format": ("a.pose", bytes(40)),
    "deeplabcut": (
        "a.csv",
        b"scorer,DLC,DLC,DLC\nbodyparts,nose,nose,nose\ncoords,x,y,likelihood\n",
    ),
    "nw-ucla": (
        "a01_s01_e00_v01.json",
        json.dumps({"file_name": "a", "skeletons": [[[0, 0, 0]] * 20], "label": 1}).encode(),
    ),
    "smarthome": ("Walk_p02_r00_v01_c03.json", _frame(2, pose3d=[0] * 39).encode()),
    "etri-activity3d": ("A001_P001_G001_C001.csv", b"frameNum,joint1_3dX,joint1_3dY\n"),
    "pku-mmd": ("0002-L.txt", b"0.5 " * 150 + b"\n"),
    "shrec": ("gesture_1/finger_1/subject_1/essai_1/skeletons_world.txt", b"0.5 " * 66),
    "jhmdb": ("walk/a/joint_positions.mat", b"MATLAB"),
    "penn-action": ("0001.mat", b"MATLAB"),
    "skeleton-text": ("P000S00G10B10H10UC022000LC021000A000R0_0.txt", SKELETON.encode()),
    "ultralytics": ("walk_1.txt", b"0 0.5 0.5 0.2 0.4" + b" 0.5 0.6 0.9" * 17 + b"\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_other_sources_are_taken_for(tmp_path, name):
    path, content = FILES[name]
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(content)
    (first, *_), failures = guessing.guesses_for(str(tmp_path))
    assert (first.name, failures) == (name, [])
    model = first.offer.descriptor.options
    options = {**first.guess.options, **{key: [480, 640] for key in first.guess.unknown}}
    model.model_validate(options)
    for key in first.guess.advice:
        assert key in model.model_fields


def test_sources_of_files_take_part():
    guessing_sources = {
        offer.name
        for offer in load_registry().of_kind("source")
        if isinstance(offer.descriptor, SourcePlugin) and offer.descriptor.guess
    }
    assert guessing_sources >= {
        "alphapose", "babel", "coco-keypoints", "kinetics-skeleton", "mediapipe", "mmpose",
        "ntu-raw", "openpose", "pose-array", "pose-table", "stored", "video-pose",
    }  # fmt: skip
