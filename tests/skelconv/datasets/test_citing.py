"""What a paper says of a dataset: from its provenance alone, through conversions and merges."""

import json
import re
from pathlib import Path

import pytest

import skelconv
from skelconv.cli.app import run
from skelconv.datasets.citing import citation

SAMPLE = Path(__file__).parents[3] / "recipes" / "sample.yaml"


def build(out: Path, *changes: str, **options: object) -> Path:
    skelconv.build(SAMPLE, [f"sink.with.path={out}", *changes], executor="serial", **options)
    return out


def keys(path: Path) -> list[str]:
    """The keys of the BibTeX entries, each of which has its brackets in pairs."""
    found = citation(str(path)).entries
    for entry in found:
        assert entry.count("{") == entry.count("}")
        assert entry.startswith("@")
        assert entry.endswith("}")
    return [re.match(r"@\w+\{([^,]+),", entry).group(1) for entry in found]


def test_the_dataset_and_the_profile_are_cited(tmp_path: Path) -> None:
    assert keys(build(tmp_path / "a.pkl")) == ["shahroudy2016ntu", "mmaction2", "skelconv"]
    other = build(tmp_path / "b.pkl", "transforms.0.with.profile=pyskl")
    assert keys(other) == ["shahroudy2016ntu", "duan2022pyskl", "skelconv"]


def test_what_a_recipe_cites_comes_first_and_does_not_change_the_build(tmp_path: Path) -> None:
    out = tmp_path / "a.pkl"
    build(out)
    own = "@misc{own2026, title = {Ours}}"
    same = skelconv.build(
        SAMPLE, [f"sink.with.path={out}", f"cite=[{json.dumps(own)}]"], executor="serial"
    )
    assert same.already_built
    other = build(tmp_path / "b.pkl", f"cite=[{json.dumps(own)}]")
    assert keys(other)[0] == "own2026"
    digests = [
        json.loads((tmp_path / f"{name}.pkl.skelconv.json").read_text())["recipe_sha256"]
        for name in "ab"
    ]
    assert digests[0] == digests[1]


def test_the_text_has_what_the_provenance_has(tmp_path: Path) -> None:
    out = build(tmp_path / "a.pkl")
    provenance = json.loads((tmp_path / "a.pkl.skelconv.json").read_text())
    text = citation(str(out)).text
    for value in (
        provenance["output"]["sha256"],
        provenance["recipe_sha256"],
        f"numpy {provenance['versions']['numpy']}",
        f"{provenance['report']['clips']} clips",
        f"xsub_train {provenance['report']['splits']['xsub_train']}",
    ):
        assert value in text


def test_it_goes_through_conversions_and_merges(tmp_path: Path) -> None:
    parts = []
    for number in (1, 2):
        build(tmp_path / "a.pkl", shard=(number, 2))
        parts.append(tmp_path / f"a-{number:05}-of-00002.pkl")
    skelconv.merge([*map(str, parts)], tmp_path / "whole.pkl")
    skelconv.convert(tmp_path / "whole.pkl", tmp_path / "again.zarr")
    expected = ["shahroudy2016ntu", "mmaction2", "skelconv"]
    assert keys(tmp_path / "whole.pkl") == expected
    assert keys(tmp_path / "again.zarr") == expected


def test_without_provenance_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = build(tmp_path / "a.pkl")
    assert run(["cite", str(out)]) == 0
    assert "@software{skelconv" in capsys.readouterr().out
    (tmp_path / "a.pkl.skelconv.json").unlink()
    assert run(["cite", str(out)]) == 1
    assert "a.pkl.skelconv.json" in capsys.readouterr().err.replace("OUT", "a.pkl")


def test_every_entry_of_a_plugin_can_be_read(tmp_path: Path) -> None:
    from skelconv.plugin.loading import load_registry

    found = []
    for kind in ("source", "transform", "split", "sink", "detector", "pose-model"):
        for offer in load_registry().of_kind(kind):
            cite = offer.descriptor.cite
            if not callable(cite):
                found += cite
    assert len(found) > 20
    for entry in found:
        assert re.match(r"@\w+\{[\w:]+,\n", entry)
        assert entry.count("{") == entry.count("}")
        assert {"author", "title", "year"} <= set(re.findall(r"^  (\w+) = \{", entry, re.MULTILINE))


def test_a_dataset_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(skelconv.DatasetError, match=r"a\.pkl: there is no such file or folder"):
        citation(str(tmp_path / "a.pkl"))
