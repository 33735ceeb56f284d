import pytest

from skelconv import BuildError
from skelconv.testing import check_split
from skelconv_datasets import plugin

SPLITS = {offer.name: offer for offer in plugin.skelconv_splits()}


def _split(name: str, **options):
    offer = SPLITS[name]
    return offer.create(offer.options.model_validate(options))


PKU = "Training videos: \n0002-L, 0002-M, 0003-L\n\nValidataion videos: \n0291-L, 0291-M\n"


class TestPkuMmd:
    def test_recordings_and_their_actions(self, fill):
        root = fill({"cs.txt": PKU, "cv.txt": PKU.replace("0002-L, ", "").replace("-M\n", "-L\n")})
        root.joinpath("cv.txt").write_text("Training videos:\n0002-M\nValidation videos:\n0002-L")
        split = _split(
            "pku-mmd", cross_subject=str(root / "cs.txt"), cross_view=str(root / "cv.txt")
        )
        assert split.names == ("xsub_train", "xsub_val", "xview_train", "xview_val")
        assert split.assign("0002-L") == ("xsub_train", "xview_val")
        assert split.assign("0002-M@000010-000200") == ("xsub_train", "xview_train")
        assert split.assign("0291-M@000010-000200") == ("xsub_val",)
        assert split.assign("0009-M") == ()
        check_split(split, ["0002-L", "0009-M"])

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "it names no recordings"),
            ("0002-L, 0003-L", "cs.txt:1: names come before 'Training videos:'"),
            ("Training videos:\n0002-L\nSecrets:\n0003-L", "cs.txt:3: 'Secrets:' is no heading"),
            ("Training videos:\na, b\na", "cs.txt:3: 'a' is in line 2 already"),
        ],
    )
    def test_lists_that_are_wrong(self, fill, text, reason):
        split = _split("pku-mmd", cross_subject=str(fill({"cs.txt": text}) / "cs.txt"))
        with pytest.raises(BuildError) as caught:
            split.assign("0002-L")
        assert reason in str(caught.value)

    def test_a_list_is_needed(self):
        with pytest.raises(ValueError, match="name a list"):
            _split("pku-mmd")


class TestShrec17:
    def test_lines_of_seven_numbers(self, fill):
        lists = {
            "train_gestures.txt": "1 1 2 7 1 1 58\n3 2 1 1 3 6 30\n\n",
            "test_gestures.txt": "14 2 28 5 14 28 9",
        }
        split = _split("shrec17", root=str(fill(lists)))
        assert list(split.listed()) == [
            "gesture_1/finger_1/subject_2/essai_7",
            "gesture_3/finger_2/subject_1/essai_1",
            "gesture_14/finger_2/subject_28/essai_5",
        ]
        check_split(split, [*split.listed(), "else"])
        assert [split.assign(name) for name in split.listed()] == [
            ("train",),
            ("train",),
            ("test",),
        ]

    @pytest.mark.parametrize(
        ("test", "reason"),
        [
            ("1 1 2 7 1 1", "test_gestures.txt:1: '1 1 2 7 1 1' is not a line of seven numbers"),
            ("\n1 1 2 7 1 1 x", "test_gestures.txt:2: '1 1 2 7 1 1 x' is not a line"),
            (
                "1 1 2 7 1 1 58",
                "test_gestures.txt:1: gesture_1/finger_1/subject_2/essai_7",
            ),
        ],
    )
    def test_lists_that_are_wrong(self, fill, test, reason):
        root = fill({"train_gestures.txt": "1 1 2 7 1 1 58", "test_gestures.txt": test})
        with pytest.raises(BuildError) as caught:
            _split("shrec17", root=str(root)).assign("x")
        assert reason in str(caught.value)
