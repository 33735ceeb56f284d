"""The recipe of Kinetics-skeleton, on a folder as its archive unpacks to."""

import json
from pathlib import Path

import skelconv
from skelconv import load_recipe

RECIPE = Path(__file__).parents[2] / "recipes" / "kinetics_skeleton.yaml"


def test_lists_of_labels_are_left_out_and_folders_are_the_parts(fill, tmp_path, monkeypatch):
    def clip(label: int) -> str:
        pose = {"pose": [0.5, 0.25] * 18, "score": [0.5] * 18}
        data = [{"frame_index": 1, "skeleton": [pose]}, {"frame_index": 2, "skeleton": []}]
        return json.dumps({"data": data, "label": "abseiling", "label_index": label})

    listed = {"a": {"has_skeleton": True, "label": "abseiling", "label_index": 0}}
    root = fill(
        {
            "kinetics_train/a.json": clip(0),
            "kinetics_train/b.json": clip(7),
            "kinetics_val/c.json": clip(399),
            "kinetics_train_label.json": json.dumps(listed),
            "kinetics_val_label.json": json.dumps({"c": listed["a"], "d": listed["a"]}),
        }
    )
    monkeypatch.setenv("KINETICS_ROOT", str(root))
    out = tmp_path / "out.zarr"
    report = skelconv.build(load_recipe(RECIPE, overrides=[f"sink.with.path={out}"]))
    assert not report.quarantined
    dataset = skelconv.open(out)
    assert {part: dataset.split(part).ids for part in dataset.splits} == {
        "train": ("kinetics_train/a", "kinetics_train/b"),
        "val": ("kinetics_val/c",),
    }
    assert [clip.label for clip in dataset] == [0, 7, 399]
    # Fractions of 340 x 256 pixels.
    assert next(iter(dataset)).keypoint[0, 0, 0].tolist() == [170, 64]
