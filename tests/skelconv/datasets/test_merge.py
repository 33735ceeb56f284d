"""Merging the parts of a build: all of them, each once, and nothing that they report is lost."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv import BuildError, merge
from skelconv.cli.app import run

ENDINGS = {"pickle": "pkl", "zarr": "zarr"}


def build(
    folder: Path,
    *,
    sink: str = "pickle",
    shard: tuple[int, int] | None = None,
    source: dict[str, Any] | None = None,
    **change: Any,
) -> Path:
    """Build sixty clips: three are quarantined, seven dropped, one rejected, two absent."""
    options = {
        "clips": 60,
        "behave": {"3": "error", "31": "bug", "59": "error"},
        "absent": ["gone", "lost"],
        "rejected": ["odd"],
    }
    recipe: dict[str, Any] = {
        "skelconv": 1,
        "name": "toy",
        "about": "Sixty clips",
        "source": {"use": "toy", "with": {**options, **(source or {})}},
        "transforms": [{"use": "toy-drop", "with": {"every": 9}}],
        "splits": ["toy-halves"],
        "sink": {"use": sink, "with": {"path": str(folder / f"toy.{ENDINGS[sink]}")}},
    }
    folder.mkdir(exist_ok=True)
    (folder / "recipe.yaml").write_text(json.dumps({**recipe, **change}))
    return skelconv.build(folder / "recipe.yaml", executor="serial", shard=shard).target


def shards(folder: Path, count: int, **keywords: Any) -> list[Path]:
    return [build(folder, shard=(number, count), **keywords) for number in range(1, count + 1)]


def provenance(path: Path) -> Any:
    return json.loads(path.with_name(f"{path.name}.skelconv.json").read_text())


def content(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def edit(part: Path, change: Callable[[Any], None]) -> None:
    """Change the provenance of a part."""
    known = provenance(part)
    change(known)
    part.with_name(f"{part.name}.skelconv.json").write_text(json.dumps(known))


@pytest.mark.parametrize("sink", ENDINGS)
@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_merged_parts_are_the_unsharded_build(tmp_path: Path, sink: str, count: int) -> None:
    whole = build(tmp_path / "whole", sink=sink, expect={"clips": 50})
    parts = shards(tmp_path / "parts", count, sink=sink, expect={"clips": 50})
    random.Random(count).shuffle(parts)
    merged = tmp_path / f"toy.{ENDINGS[sink]}"
    report = merge(parts, merged)
    assert content(merged) == content(whole)
    ours, theirs = provenance(merged), provenance(whole)
    listed = [(part["name"], part["sha256"]) for part in ours.pop("parts")]
    assert listed == sorted((p.name, provenance(p)["output"]["sha256"]) for p in parts)
    ours.pop("merge")
    for known in (ours, theirs):
        known.pop("identity_sha256")
        known["recipe"]["sink"]["with"].pop("path")
    assert ours == theirs
    assert [clip.id for clip in report.quarantined] == [
        *("odd", "clip000003", "clip000031", "clip000059")
    ]
    assert (report.dropped, report.absent.first) == ({"a multiple of 9": 7}, ("gone", "lost"))
    assert [(one.what, one.expected, one.found) for one in report.unmet] == []


def test_a_merge_into_another_format_names_its_sink(tmp_path: Path) -> None:
    whole = build(tmp_path / "whole", sink="zarr")
    merge(shards(tmp_path / "parts", 3), tmp_path / "toy.zarr")
    ours, theirs = provenance(tmp_path / "toy.zarr"), provenance(whole)
    assert ours["recipe"]["sink"]["use"] == theirs["recipe"]["sink"]["use"]
    assert ours["recipe_sha256"] == theirs["recipe_sha256"]
    assert ours["versions"] == theirs["versions"]
    assert ours["recipe"]["source"] == theirs["recipe"]["source"]
    assert skelconv.open(tmp_path / "toy.zarr").info["about"] == "Sixty clips"


def test_counts_are_compared_with_the_recipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expect = {"clips": 51, "splits": {"low": 4}}
    parts = shards(tmp_path, 2, source={"behave": {}, "rejected": []}, expect=expect)
    assert run(["merge", *map(str, parts), str(tmp_path / "a.pkl"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["unmet"] == [
        {"what": "clips", "expected": 51, "found": 53}
    ]
    assert provenance(tmp_path / "a.pkl")["report"]["unmet"] == [
        {"what": "clips", "expected": 51, "found": 53}
    ]


def test_a_part_of_a_limited_build_is_not_expected_to_be_whole(tmp_path: Path) -> None:
    recipe = build(tmp_path, expect={"clips": 50}).parent / "recipe.yaml"
    parts = [
        skelconv.build(recipe, executor="serial", limit=20, shard=(number, 2)).target
        for number in (1, 2)
    ]
    report = merge(parts, tmp_path / "a.pkl")
    assert (report.clips, report.unmet) == (16, ())


def test_quarantined_clips_end_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["merge", *map(str, shards(tmp_path, 4)), str(tmp_path / "a.pkl")]
    for again in (False, True):
        assert run(command) == 2
        said = capsys.readouterr().out
        assert ("is built already" in said) == again
        assert "4 clips quarantined" in said
        assert "2: letters in line 7\n      the first: clip000003 (clip000003.txt:7)\n" in said
        assert "--retry" not in said
    assert not (tmp_path / "a.pkl.skelconv-build").exists()


class TestMissing:
    def test_it_is_refused_with_what_to_do(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        parts = shards(tmp_path, 4)
        del parts[2]
        assert run(["merge", *map(str, parts), str(tmp_path / "a.pkl")]) == 1
        said = capsys.readouterr().err
        assert "of the 4 parts of this build, 1 is missing: 3/4" in said
        assert "--shard 3/4" in said
        assert "--allow-missing" in said
        assert not (tmp_path / "a.pkl").exists()

    def test_the_others_are_merged_on_demand(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        parts = shards(tmp_path, 4, source={"behave": {}, "rejected": []}, expect={"clips": 53})
        command = ["merge", *map(str, [parts[3], parts[0]]), str(tmp_path / "a.pkl")]
        assert run([*command, "--allow-missing"]) == 2
        said = capsys.readouterr().out
        assert "2 parts are missing:\n  2/4\n  3/4\n" in said
        assert "clips: 26, expected 53 (-27)" in said
        ids = skelconv.open(tmp_path / "a.pkl", layout="toy2").ids
        assert [*ids] == sorted(ids)
        assert provenance(tmp_path / "a.pkl")["report"]["missing_parts"] == ["2/4", "3/4"]
        assert run([*command, "--allow-missing"]) == 2
        assert "2 parts are missing" in capsys.readouterr().out

    def test_a_part_that_came_later_is_another_merge(self, tmp_path: Path) -> None:
        parts = shards(tmp_path, 2)
        merge(parts[:1], tmp_path / "a.pkl", allow_missing=True)
        with pytest.raises(BuildError, match="is there already, and differs"):
            merge(parts, tmp_path / "a.pkl")
        assert merge(parts, tmp_path / "a.pkl", fresh=True).missing_parts == []


@pytest.mark.parametrize("allow_missing", [False, True])
class TestRefused:
    def refused(self, tmp_path: Path, parts: list[Path], allow_missing: bool) -> str:
        with pytest.raises(BuildError, match="not the parts of one build") as caught:
            merge(parts, tmp_path / "a.pkl", allow_missing=allow_missing)
        assert not list(tmp_path.glob("a.pkl*"))
        return str(caught.value)

    def test_a_part_that_is_there_twice(self, tmp_path: Path, allow_missing: bool) -> None:
        parts = shards(tmp_path, 3)
        copy = tmp_path / "copy.pkl"
        shutil.copy(parts[1], copy)
        shutil.copy(f"{parts[1]}.skelconv.json", f"{copy}.skelconv.json")
        said = self.refused(tmp_path, [*parts, copy], allow_missing)
        assert f"{copy}: it is part 2/3, as {parts[1]} is" in said

    def test_parts_of_other_recipes(self, tmp_path: Path, allow_missing: bool) -> None:
        parts = shards(tmp_path / "a", 3)
        other = build(tmp_path / "b", shard=(1, 3), transforms=[])
        said = self.refused(tmp_path, [other, *parts[1:]], allow_missing)
        assert f"{other}: it is of another build than {parts[1]}: recipe.transforms: [" in said
        assert str(parts[2]) not in said

    def test_parts_of_other_versions(self, tmp_path: Path, allow_missing: bool) -> None:
        parts = shards(tmp_path, 3)
        now = provenance(parts[0])["versions"]["numpy"]
        edit(parts[0], lambda known: known["versions"].update(numpy="1.0"))
        said = self.refused(tmp_path, parts, allow_missing)
        assert (
            f'{parts[0]}: it is of another build than {parts[1]}: versions.numpy: "{now}"' in said
        )

    def test_parts_of_another_inventory(self, tmp_path: Path, allow_missing: bool) -> None:
        first = build(tmp_path / "a", shard=(1, 2))
        second = build(tmp_path / "b", shard=(2, 2), source={"clips": 61})
        said = self.refused(tmp_path, [first, second], allow_missing)
        assert "parts.items: 60 -> 61" in said

    def test_parts_of_other_numbers(self, tmp_path: Path, allow_missing: bool) -> None:
        one, two = build(tmp_path, shard=(1, 2)), build(tmp_path, shard=(2, 3))
        assert "parts.count: 2 -> 3" in self.refused(tmp_path, [one, two], allow_missing)

    def test_parts_that_saw_another_file(self, tmp_path: Path, allow_missing: bool) -> None:
        """Such as a list of labels, changed between two jobs of an array."""
        weights = tmp_path / "weights"
        parts = []
        for number in (1, 2):
            weights.write_text(f"version {number}")
            source = {"weights": str(weights)}
            parts.append(build(tmp_path, shard=(number, 2), source=source))
        assert f"{weights} was changed" in self.refused(tmp_path, parts, allow_missing)

    @pytest.mark.parametrize("sink", ENDINGS)
    def test_a_damaged_part(self, tmp_path: Path, allow_missing: bool, sink: str) -> None:
        parts = shards(tmp_path, 3, sink=sink)
        (file,) = (f for f in [parts[1], parts[1] / "keypoint/c/0/0/0"] if f.is_file())
        flipped = bytearray(file.read_bytes())
        flipped[len(flipped) // 2] ^= 1
        file.write_bytes(flipped)
        said = self.refused(tmp_path, parts, allow_missing)
        assert f"{parts[1]}: it is not what its provenance describes: its digest differs" in said

    def test_a_part_without_provenance(self, tmp_path: Path, allow_missing: bool) -> None:
        parts = shards(tmp_path, 3)
        Path(f"{parts[2]}.skelconv.json").unlink()
        said = self.refused(tmp_path, parts, allow_missing)
        assert f"{parts[2]}: its provenance ({parts[2].name}.skelconv.json) is not there" in said

    def test_parts_that_all_lost_their_provenance(
        self, tmp_path: Path, allow_missing: bool
    ) -> None:
        parts = shards(tmp_path, 3)
        for part in parts:
            Path(f"{part}.skelconv.json").unlink()
        assert self.refused(tmp_path, parts, allow_missing).count("is not there") == 3

    def test_a_whole_build_among_parts(self, tmp_path: Path, allow_missing: bool) -> None:
        whole = build(tmp_path / "whole", source={"clips": 2})
        said = self.refused(tmp_path, [build(tmp_path, shard=(1, 2)), whole], allow_missing)
        assert f"{whole}: it was built as a whole, not as a part" in said

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda known: known.update(part=7),
            lambda known: known["part"].update(number=0),
            lambda known: known["part"].update(number=9),
            lambda known: known["part"].update(files={"a": 1}),
            lambda known: known.update(report=[]),
            lambda known: known["output"].pop("bytes"),
            lambda known: known["report"]["quarantined"].append({"id": 1}),
        ],
        ids=range(7),
    )
    def test_provenance_that_was_tampered_with(
        self, tmp_path: Path, allow_missing: bool, spoil: Callable[[Any], None]
    ) -> None:
        parts = shards(tmp_path, 2)
        edit(parts[1], spoil)
        assert f"\n    {parts[1]}: it" in self.refused(tmp_path, parts, allow_missing)


def test_what_only_one_part_found_is_not_counted_twice(tmp_path: Path) -> None:
    """Two clips of one name are rejected for two reasons, and a third twice for the same."""
    source = {"rejected": ["odd", "odd", "even"]}
    whole = build(tmp_path / "whole", source=source)
    merge(shards(tmp_path / "parts", 4, source=source), tmp_path / "a.pkl")
    report = provenance(tmp_path / "a.pkl")["report"]
    assert report == provenance(whole)["report"]
    assert [clip["id"] for clip in report["quarantined"]][:3] == ["odd", "odd", "even"]


def test_a_part_is_built_again_when_the_whole_has_changed(tmp_path: Path) -> None:
    """Its own clips are the same: without this, it would be built already, and never fit."""
    source = {"behave": {}, "rejected": []}
    for clips in (60, 61):
        build(tmp_path / str(clips), shard=(1, 2), source={**source, "clips": clips})
    recipe = json.loads((tmp_path / "61/recipe.yaml").read_text())
    recipe["sink"]["with"]["path"] = str(tmp_path / "60/toy.pkl")
    recipe["source"]["with"]["clips"] = 61
    with pytest.raises(BuildError, match="and differs"):
        skelconv.build(recipe, executor="serial", shard=(1, 2))


def test_other_datasets_are_listed_by_name_and_digest(tmp_path: Path) -> None:
    first = build(tmp_path / "a", source={"clips": 8})
    second = build(tmp_path / "b", shard=(4, 4)).rename(tmp_path / "second.pkl")
    report = merge([first, second], tmp_path / "c.pkl")
    assert (report.quarantined, report.missing_parts) == ((), ())
    known = provenance(tmp_path / "c.pkl")
    assert known["recipe"]["source"]["use"].endswith("stored")
    assert [part["name"] for part in known["parts"]] == ["toy.pkl", "second.pkl"]
    assert known["parts"][0]["sha256"] == provenance(first)["output"]["sha256"]
    assert known["parts"][1]["bytes"] == second.stat().st_size
    skelconv.convert(first, tmp_path / "d.zarr")
    assert provenance(tmp_path / "d.zarr")["parts"] == known["parts"][:1]


def test_one_dataset_alone_is_not_merged(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="at least two"):
        merge([build(tmp_path)], tmp_path / "a.pkl")
    with pytest.raises(BuildError, match="at least two"):
        merge([], tmp_path / "a.pkl")


def test_the_options_of_the_parts_sink_are_kept(tmp_path: Path) -> None:
    sink = {"use": "zarr", "with": {"path": str(tmp_path / "toy.zarr"), "codec": "zstd"}}
    build(tmp_path, sink="zarr")
    recipe = json.loads((tmp_path / "recipe.yaml").read_text()) | {"sink": sink}
    whole = skelconv.build(recipe, executor="serial", fresh=True).target
    parts = [
        skelconv.build(recipe, executor="serial", shard=(number, 2)).target for number in (1, 2)
    ]
    merge(parts, tmp_path / "merged.zarr")
    assert content(tmp_path / "merged.zarr") == content(whole)
    merge(parts, tmp_path / "other.zarr", options={"codec": "lz4"})
    assert content(tmp_path / "other.zarr") != content(whole)


def test_parts_at_urls_are_not_merged_as_any_datasets(tmp_path: Path) -> None:
    parts = shards(tmp_path, 4, sink="zarr")
    urls = [part.as_uri() for part in parts[:3]]  # one is missing, which nobody could know
    for paths in (urls, [*urls[:2], parts[2]], [f"{url}/" for url in urls]):
        with pytest.raises(BuildError, match="behind a URL") as raised:
            merge(paths, tmp_path / "whole.zarr")
        assert "copy them here with their .skelconv.json" in str(raised.value)
    assert not list(tmp_path.glob("whole*"))


def test_datasets_of_other_names_at_urls_are_merged(tmp_path: Path) -> None:
    parts = shards(tmp_path, 2, sink="zarr")
    for part, name in zip(parts, "ab", strict=True):
        part.rename(tmp_path / f"{name}.zarr")
    urls = [(tmp_path / f"{name}.zarr").as_uri() for name in "ab"]
    assert merge(urls, tmp_path / "whole.zarr").clips == 50
