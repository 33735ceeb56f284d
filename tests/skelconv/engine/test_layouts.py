"""A dataset has one layout, whatever the sink would write."""

from pathlib import Path

import pytest

from skelconv import BuildError, PluginError
from skelconv.plugin.use import UseSource


def test_a_clip_of_another_layout_than_its_source_said_is_quarantined(run) -> None:
    report = run({"clips": 4, "layout": "toy2", "behave": {"2": "other layout"}})
    assert report.clips == 3
    (one,) = report.quarantined
    assert one.id == "clip000002"
    assert "it gave the layout 'other2', and said that all of its clips have 'toy2'" in one.reason


def test_a_source_whose_layout_nobody_offers(run) -> None:
    with pytest.raises(BuildError, match=r"a layout that is not there: .* 'toyy': did you mean"):
        run({"clips": 1, "layout": "toyy"})


def test_a_source_that_lists_clips_of_another_layout_than_it_says(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UseSource, "layout", lambda self: "other2")
    with pytest.raises(PluginError, match="clips of 'toy2', and says it has 'other2'"):
        run({"clips": 1, "layout": "toy2"})


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_clips_of_two_layouts_are_never_written(run, tmp_path: Path, executor: str) -> None:
    source = {"clips": 5, "behave": {"1": "other layout", "3": "other layout"}}
    with pytest.raises(BuildError) as caught:
        run(source, executor=executor)
    what = "the clips have different layouts: 'toy2' (3 clips), 'other2' (2 clips)"
    assert what in str(caught.value)
    assert "map-layout" in str(caught.value)
    assert not (tmp_path / "out.txt").exists()


def test_one_layout_that_nothing_was_said_of(run) -> None:
    behave = {str(n): "other layout" for n in range(3)}
    assert run({"clips": 3, "behave": behave}).clips == 3
