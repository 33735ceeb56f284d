"""The commands that are killed."""

import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SAMPLE = Path(__file__).parents[2] / "samples" / "ntu"
BUCKET = "bucket"
S3 = f"s3://{BUCKET}/deep/out.zarr"
Command = Sequence[str]


@dataclass(frozen=True)
class Scenario:
    """A command, and what is there before it is run.

    Attributes
    ----------
    name : str
        Its name.
    command : sequence of str
        The arguments of skelconv, run in the folder of the scenario.
    out : str
        The output, in that folder.
    recipe : mapping, optional
        The content of ``recipe.yaml``.
    before : sequence of sequence of str
        Commands that are run before it to their ends.
    corrected : bool
        Whether the cause of quarantined clips is corrected between these and the command.
    workers : bool
        Whether there are processes beside the driver.
    slow : bool
        Whether a run takes seconds.
    """

    name: str
    command: Command
    out: str
    recipe: Mapping[str, Any] | None = None
    before: Sequence[Command] = ()
    corrected: bool = False
    workers: bool = False
    slow: bool = False

    @property
    def url(self) -> bool:
        """Whether the output goes to the server of S3."""
        return S3 in self.command or S3 in json.dumps(self.recipe)

    def prepare(self, folder: Path) -> None:
        """Write the recipe and the data.

        Parameters
        ----------
        folder : Path
            The folder of the scenario.
        """
        if self.recipe is not None:
            (folder / "recipe.yaml").write_text(json.dumps(self.recipe))
        (folder / "data.pkl").write_bytes(pickle.dumps(_dataset()))


def _dataset(clips: int = 120) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    annotations = [
        {
            "frame_dir": f"clip{number:03}",
            "label": number % 4,
            "total_frames": 6,
            "img_shape": (240, 320),
            "original_shape": (240, 320),
            "keypoint": rng.uniform(1, 200, (1, 6, 17, 2)).astype(np.float32),
            "keypoint_score": rng.uniform(0, 1, (1, 6, 17)).astype(np.float32),
        }
        for number in range(clips)
    ]
    ids = [annotation["frame_dir"] for annotation in annotations]
    return {"split": {"train": ids[::2], "val": ids[1::2]}, "annotations": annotations}


# Sinks by name: the output, the plugin, its options and where it writes.
_SINKS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "file": ("out", "toy", {}),
    "folder": ("out", "toy", {"folder": True}),
    "pickle": ("out.pkl", "pickle", {}),
    "zarr": ("out.zarr", "zarr", {}),
    "npz": ("out.npz", "npz", {"frames": 20, "persons": 2}),
    "kpfiles": ("out", "kpfiles", {}),
    "file-url": ("out.zarr", "zarr", {"path": "file://{folder}/there/deep/out.zarr"}),
    "s3": ("out.zarr", "zarr", {"path": S3}),
}


def _toy(clips: int = 250, **options: Any) -> dict[str, Any]:
    return {
        "source": {"use": "toy", "with": {"clips": clips, "seconds": 0.001, **options}},
        "transforms": [{"use": "toy-drop", "with": {"every": 9}}],
        "splits": ["toy-halves"],
    }


def _many(**options: Any) -> dict[str, Any]:
    """Items that give 0, 1, some and 500 clips, of which some fail and some are dropped."""
    return {
        "source": {"use": "toy", "with": {"clips": 60, "seconds": 0.001, **options}},
        "transforms": [
            {"use": "toy-divide", "with": {"into": {"0": 0, "1": 1, "4": 500, "30": 500}}},
            {
                "use": "toy-refuse",
                "with": {"ids": {"clip000030@250": "error", "clip000031@0": "drop"}},
            },
        ],
        "splits": ["toy-halves"],
    }


def _ntu() -> dict[str, Any]:
    chosen = {"setups": [1], "cameras": [1, 2], "performers": [1, 3], "actions": [1, 58]}
    return {
        "source": {"use": "ntu-raw", "with": {"root": str(SAMPLE), "dataset": "ntu60", **chosen}},
        "transforms": [{"use": "ntu-bodies", "with": {"profile": "mmaction2"}}],
        "splits": ["ntu-xsub"],
    }


def _data() -> dict[str, Any]:
    stored = {"use": "stored", "with": {"paths": ["data.pkl"]}}
    return {"source": stored, "splits": [stored]}


def _recipe(content: Mapping[str, Any], sink: str, folder: Path) -> dict[str, Any]:
    out, use, options = _SINKS[sink]
    given = {"path": out, **options}
    given["path"] = given["path"].format(folder=folder)
    if sink == "npz" and content["splits"] == ["toy-halves"]:
        given.update(train="low", test="high")
    return {"skelconv": 1, "name": "killed", **content, "sink": {"use": use, "with": given}}


_EXECUTORS: dict[str, Command] = {
    "serial": ("--executor", "serial"),
    "local1": ("--workers", "1"),
    "local3": ("--workers", "3"),
    "dask": ("--executor", "dask", "--workers", "2"),
}


def _builds(folder: Path) -> list[Scenario]:
    found = []

    def add(
        kind: str,
        sink: str,
        executor: str,
        content: Mapping[str, Any],
        flags: Command = (),
        **more: Any,
    ) -> None:
        found.append(
            Scenario(
                name=f"{kind}-{sink}-{executor}",
                command=("build", "recipe.yaml", *_EXECUTORS[executor], *flags),
                out=_SINKS[sink][0],
                recipe=_recipe(content, sink, folder),
                workers=executor != "serial",
                slow=executor == "dask",
                **more,
            )
        )

    for sink in _SINKS:
        content = _data() if sink == "kpfiles" else _toy()
        for executor in ("serial", "local3"):
            add("build", sink, executor, content)
        again = _data() if sink == "kpfiles" else _toy(clips=150)
        executor = "local1" if sink in ("folder", "zarr", "s3") else "serial"
        # This is another dataset, which is replaced.
        before = [("build", "recipe.yaml", "--executor", "serial", "--limit", "40")]
        add("fresh", sink, executor, again, ("--fresh",), before=before)
    add("build", "file", "local1", _toy())
    add("build", "file", "dask", _toy())
    add("build", "zarr", "dask", _toy())
    for sink in ("pickle", "zarr", "npz"):
        add("ntu", sink, "local3" if sink == "zarr" else "local1", _ntu())
    for sink, executor in (("file", "local3"), ("folder", "serial")):
        add("quarantined", sink, executor, _toy(behave={"7": "error", "90": "error"}))
    for sink, executor in (
        ("file", "local3"),
        ("file", "dask"),
        ("pickle", "local1"),
        ("zarr", "local3"),
        ("folder", "serial"),
    ):
        add("many", sink, executor, _many())
    failing = {str(number): "error-until:corrected" for number in range(100, 220, 4)}
    for sink, executor in (
        ("file", "local3"),
        ("folder", "local1"),
        ("pickle", "serial"),
        ("zarr", "local3"),
        ("s3", "serial"),
    ):
        before = [("build", "recipe.yaml", "--executor", "serial")]
        content = _toy(behave=failing)
        add("retry", sink, executor, content, ("--retry",), before=before, corrected=True)
    return found


def _conversions(folder: Path) -> list[Scenario]:
    there = f"file://{folder}/there/deep/out.zarr"
    targets = {
        "kpfiles": ("out", ("--sink", "kpfiles")),
        "zarr": ("out.zarr", ()),
        "npz": ("out.npz", ("--with", "frames=8")),
        "pickle": ("out.pkl", ()),
    }
    found = [
        Scenario(f"convert-{name}", ("convert", "data.pkl", out, *more), out)
        for name, (out, more) in targets.items()
    ]
    for name, url in (("file-url", there), ("s3", S3)):
        found.append(Scenario(f"convert-{name}", ("convert", "data.pkl", url), "out.zarr"))
    as_zarr = ("convert", "data.pkl", "data.zarr")
    found.append(
        Scenario(
            "convert-from-zarr",
            ("convert", "data.zarr", "out.pkl"),
            "out.pkl",
            before=[as_zarr],
        )
    )
    for name in ("pickle", "zarr"):
        out = targets[name][0]
        merged = [as_zarr, ("convert", "data.zarr", out, "--with", "level=2")]
        other = merged if name == "zarr" else [("build", "recipe.yaml", "--executor", "serial")]
        found.append(
            Scenario(
                f"convert-fresh-{name}",
                ("convert", "data.pkl", out, "--fresh"),
                out,
                _recipe(_toy(clips=30), name, folder),
                other,
            )
        )
    return found


def _merges(folder: Path) -> list[Scenario]:
    found = []
    for sink, target in (
        ("pickle", "whole.pkl"),
        ("zarr", "whole.zarr"),
        ("kpfiles", "whole"),
        ("zarr", S3),
        ("zarr", f"file://{folder}/there/whole.zarr"),
    ):
        out, use, _ = _SINKS[sink]
        stem, dot, suffix = out.partition(".")
        parts = [f"{stem}-{part:05}-of-00003{dot}{suffix}" for part in (1, 2, 3)]
        content = _data() if sink == "kpfiles" else _toy(behave={"7": "error"})
        build = ("build", "recipe.yaml", "--executor", "serial")
        name = {"kpfiles": "kpfiles", "pickle": "pickle"}.get(sink, "zarr")
        if "://" in target:
            name = target.partition(":")[0] + "-url"
        found.append(
            Scenario(
                f"merge-{name}",
                ("merge", *parts, target, "--sink", use),
                target.rpartition("/")[2],
                _recipe(content, sink, folder),
                [(*build, "--shard", f"{part}/3") for part in (1, 2, 3)],
            )
        )
    first = found[0]
    other = ("convert", "data.pkl", first.out)
    command = (*first.command, "--fresh")
    before = [*first.before, other]
    found.append(Scenario("merge-fresh-pickle", command, first.out, first.recipe, before))
    return found


def scenarios(folder: Path) -> dict[str, Scenario]:
    """Return all scenarios by their names.

    Parameters
    ----------
    folder : Path
        Where they will be run; it is part of some URLs.

    Returns
    -------
    dict of str to Scenario
        The scenarios.
    """
    found = [*_builds(folder), *_conversions(folder), *_merges(folder)]
    return {scenario.name: scenario for scenario in found}
