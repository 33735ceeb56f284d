"""The recipes that are shipped for NTU RGB+D."""

from collections import Counter
from pathlib import Path

import pytest

from skelconv import load_recipe
from skelconv.recipe import Recipe
from skelconv_ntu.official import missing_samples, official_samples
from skelconv_ntu.options import NtuRawOptions

RECIPES = Path(__file__).parents[2] / "recipes"

XSUB_60 = {"xsub_train": 40_091, "xsub_val": 16_487}
XVIEW_60 = {"xview_train": 37_646, "xview_val": 18_932}
XSUB_120 = {"xsub_train": 63_026, "xsub_val": 50_919}
XSET_120 = {"xset_train": 54_468, "xset_val": 59_477}


@pytest.mark.parametrize(
    ("name", "dataset", "clips", "splits"),
    [
        ("ntu60_xsub", "ntu60", 56_578, XSUB_60),
        ("ntu60_stgcn", "ntu60", 56_578, XSUB_60),
        ("ntu60_xview", "ntu60", 56_578, XVIEW_60),
        ("ntu60_3d", "ntu60", 56_578, XSUB_60 | XVIEW_60),
        ("ntu120_xsub", "ntu120", 113_945, XSUB_120),
        ("ntu120_xset", "ntu120", 113_945, XSET_120),
        ("ntu120_3d", "ntu120", 113_945, XSUB_120 | XSET_120),
        ("ntu60_3d_pyskl", "ntu60", 56_578, XSUB_60 | XVIEW_60),
        ("ntu120_3d_pyskl", "ntu120", 113_945, XSUB_120 | XSET_120),
    ],
)
def test_a_recipe_expects_the_published_counts(name, dataset, clips, splits):
    recipe = load_recipe(RECIPES / f"{name}.yaml")
    assert recipe.name == name
    assert name in str(recipe.sink.options.path)
    assert recipe.expect is not None
    assert recipe.expect.clips == clips
    assert recipe.expect.splits == splits
    assert [split.descriptor.name for split in recipe.splits] == list(
        dict.fromkeys(f"ntu-{split.partition('_')[0]}" for split in splits)
    )
    options = recipe.source.options
    assert options == NtuRawOptions(root=options.root, dataset=dataset)


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("ntu120_oneshot", "ntu120"),
        ("ntu60_zsl_55_5", "ntu60"),
        ("ntu60_zsl_48_12", "ntu60"),
        ("ntu120_zsl_110_10", "ntu120"),
        ("ntu120_zsl_96_24", "ntu120"),
    ],
)
def test_the_recipes_of_splits_by_class_expect_what_the_official_lists_give(name, dataset):
    recipe = load_recipe(RECIPES / f"{name}.yaml")
    assert (recipe.name, recipe.source.options.dataset) == (name, dataset)
    assert str(recipe.sink.options.path) == f"out/{name}.pkl"
    if "zsl" in name:
        seen_and_unseen = name.split("_zsl_")[1].replace("_", "-")
        assert recipe.splits[0].options.classes == f"synse-{seen_and_unseen}"
    samples = [s for s in official_samples(dataset) if s not in missing_samples(dataset)]
    (split,) = (use.make() for use in recipe.splits)
    found = Counter(part for sample in samples for part in split.assign(str(sample)))
    assert recipe.expect is not None
    assert (recipe.expect.clips, recipe.expect.splits) == (len(samples), found)


@pytest.mark.parametrize(
    ("name", "profile", "order", "splits"),
    [
        ("NTU60_CS", "ctrgcn", "performer", XSUB_60),
        ("NTU60_CV", "ctrgcn", "camera", XVIEW_60),
        ("NTU120_CSub", "ctrgcn-ntu120", "performer", XSUB_120),
        ("NTU120_CSet", "ctrgcn-ntu120", "name", XSET_120),
    ],
)
def test_the_recipes_of_ctrgcns_arrays(name, profile, order, splits):
    recipe = load_recipe(RECIPES / f"ctrgcn_{name.lower()}.yaml")
    train, test = splits
    assert recipe.sink.plain() == {
        "use": "npz",
        "with": {
            "path": f"out/{name}.npz",
            "frames": 300,
            "persons": 2,
            "classes": None,
            "train": train,
            "test": test,
        },
    }
    assert recipe.expect is not None
    assert recipe.expect.splits == splits
    assert [transform.options.profile for transform in recipe.transforms] == [profile]
    options = recipe.source.options
    assert (options.dataset, options.order) == (name.partition("_")[0].lower(), order)


def roots(recipe: Recipe) -> list[str]:
    return list(recipe.source.options.root)


def test_the_raw_files_are_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("NTU_ROOT", "here.zip")
    monkeypatch.setenv("NTU120_ROOT", "there.zip")
    assert roots(load_recipe(RECIPES / "ntu60_3d.yaml")) == ["here.zip"]
    assert roots(load_recipe(RECIPES / "ntu120_3d.yaml")) == ["here.zip", "there.zip"]
    everything = load_recipe(RECIPES / "ntu120_3d.yaml", ["source.with.root=all"])
    assert roots(everything) == ["all"]
