"""Models of the Hub by their ids, and what has to be fetched for one."""

from pathlib import Path

import pytest

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv_transformers import plugin
from skelconv_transformers.hub import RT_DETR, VITPOSE

ALL = [*RT_DETR, *VITPOSE]


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_a_known_model_is_an_id_that_the_plugin_takes(known) -> None:  # type: ignore[no-untyped-def]
    kind, name = ("detector", "rt-detr") if known in RT_DETR else ("pose-model", "vitpose")
    use = use_plugin(kind, name, {"model": known.name})
    needed = use.options.weights()
    assert (needed.name, needed.pin, needed.option) == (known.name, None, "revision")
    assert known.url == f"https://huggingface.co/{known.name}"
    assert use.layout() == known.layout if kind == "pose-model" else known.layout is None


def test_a_folder_needs_nothing(vitpose: Path) -> None:
    use = use_plugin("pose-model", "vitpose", {"model": str(vitpose)})
    assert use.options.weights() is None


def test_what_is_neither_a_folder_nor_an_id() -> None:
    use = use_plugin("pose-model", "vitpose", {"model": "/nowhere/at/all"})
    with pytest.raises(PluginError, match="there is no such folder"):
        use.options.weights()


def test_plugins_list_them() -> None:
    offered = [*plugin.skelconv_detectors(), *plugin.skelconv_pose_models()]
    assert [list(one.known()) for one in offered] == [list(RT_DETR), list(VITPOSE)]
