import pytest

from skelconv import BuildError
from skelconv.testing import check_split
from skelconv_ntu.official import missing_samples, official_samples
from skelconv_ntu.splits import NtuSplit

NTU60_TRAINING = {1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38}


def kept(dataset):
    return [str(s) for s in official_samples(dataset) if s not in missing_samples(dataset)]


@pytest.mark.parametrize(
    ("dataset", "benchmark", "counts"),
    [
        ("ntu60", "xsub", {"xsub_train": 40_091, "xsub_val": 16_487}),
        ("ntu60", "xview", {"xview_train": 37_646, "xview_val": 18_932}),
        ("ntu120", "xsub", {"xsub_train": 63_026, "xsub_val": 50_919}),
        ("ntu120", "xset", {"xset_train": 54_468, "xset_val": 59_477}),
    ],
)
def test_the_published_counts(dataset, benchmark, counts):
    split = NtuSplit(benchmark)
    found = dict.fromkeys(split.names, 0)
    for name in kept(dataset):
        (part,) = split.assign(name)
        found[part] += 1
    assert list(found) == list(counts)
    assert found == counts


def test_the_subjects_of_ntu60_train_in_both():
    split = NtuSplit("xsub")
    for sample in official_samples("ntu60"):
        assert sample.performer <= 40
        trains = split.assign(str(sample)) == ("xsub_train",)
        assert trains == (sample.performer in NTU60_TRAINING)


@pytest.mark.parametrize("benchmark", ["xsub", "xview", "xset"])
def test_the_contract(benchmark):
    check_split(NtuSplit(benchmark), kept("ntu120")[::1000])


@pytest.mark.parametrize("benchmark", ["xsub", "xview", "xset"])
def test_a_clip_that_is_not_from_ntu_has_no_place(benchmark):
    with pytest.raises(BuildError) as error:
        NtuSplit(benchmark).assign("v_Archery_g01_c01")
    assert "'v_Archery_g01_c01' has no place in the x" in error.value.what
    assert error.value.hint is not None
    assert "SsssCcccPpppRrrrAaaa" in error.value.hint
