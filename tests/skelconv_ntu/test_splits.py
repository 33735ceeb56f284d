import pytest

from skelconv import BuildError
from skelconv.testing import check_split
from skelconv_ntu.official import missing_samples, official_samples
from skelconv_ntu.splits import cross_setup, cross_subject, cross_view

NTU60_TRAINING = {1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38}


def kept(dataset):
    return [str(s) for s in official_samples(dataset) if s not in missing_samples(dataset)]


@pytest.mark.parametrize(
    ("dataset", "make", "counts"),
    [
        ("ntu60", cross_subject, {"xsub_train": 40_091, "xsub_val": 16_487}),
        ("ntu60", cross_view, {"xview_train": 37_646, "xview_val": 18_932}),
        ("ntu120", cross_subject, {"xsub_train": 63_026, "xsub_val": 50_919}),
        ("ntu120", cross_setup, {"xset_train": 54_468, "xset_val": 59_477}),
    ],
)
def test_the_published_counts(dataset, make, counts):
    split = make()
    found = dict.fromkeys(split.names, 0)
    for name in kept(dataset):
        (part,) = split.assign(name)
        found[part] += 1
    assert list(found) == list(counts)
    assert found == counts


def test_the_subjects_of_ntu60_train_in_both():
    split = cross_subject()
    for sample in official_samples("ntu60"):
        assert sample.performer <= 40
        trains = split.assign(str(sample)) == ("xsub_train",)
        assert trains == (sample.performer in NTU60_TRAINING)


@pytest.mark.parametrize("make", [cross_subject, cross_view, cross_setup])
def test_the_contract(make):
    check_split(make(), kept("ntu120")[::1000])


@pytest.mark.parametrize("make", [cross_subject, cross_view, cross_setup])
def test_a_clip_that_is_not_from_ntu_has_no_place(make):
    with pytest.raises(BuildError) as error:
        make().assign("v_Archery_g01_c01")
    assert "'v_Archery_g01_c01' has no place in the x" in error.value.what
    assert error.value.hint is not None
    assert "SsssCcccPpppRrrrAaaa" in error.value.hint
