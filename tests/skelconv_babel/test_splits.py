import pytest

from skelconv import BuildError
from skelconv.testing import check_split
from skelconv_babel.splits import BabelSplit


def test_the_part_is_the_beginning_of_the_id():
    split = BabelSplit()
    check_split(split, ["train_1f-a_7_0_ann", "val_2e_12_1_ann+2"])
    assert list(split.names) == ["train", "val"]
    assert split.assign("train_val_7_0_ann") == ("train",)
    assert split.assign("val_train_12_1_ann") == ("val",)


def test_the_part_test_is_one_when_it_is_asked_for():
    split = BabelSplit(("val", "test"))
    check_split(split, ["test_1f-a_7_0_ann", "val_2e_12_1_ann+2"])
    assert split.names == ("val", "test")
    assert split.assign("test_1f-a_7_0_ann") == ("test",)
    with pytest.raises(BuildError, match="begins with none of 'val_', 'test_'"):
        split.assign("train_1f-a_7_0_ann")


@pytest.mark.parametrize("clip_id", ["1f-a_7_0_ann", "train", "training_1", "", "test_1_2_3_4"])
def test_other_ids_have_no_part(clip_id):
    with pytest.raises(BuildError, match="begins with none of 'train_', 'val_'"):
        BabelSplit().assign(clip_id)
