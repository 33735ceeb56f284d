"""Models by name: the tables, and a model from a zip behind a URL."""

import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.serving import serving

from skelconv import PluginError, SkelconvError
from skelconv.plugin import KnownModel, layout_named
from skelconv.plugin.use import use_plugin
from skelconv_onnx.published import RTMO, RTMPOSE, YOLOX

ALL = [*YOLOX.values(), *RTMPOSE.values(), *RTMO.values()]


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_a_name_says_what_its_url_says(known: KnownModel) -> None:
    """The publisher's own names of files are the independent truth."""
    file = known.url.rpartition("/")[2]
    assert known.url.startswith("https://download.openmmlab.com/mmpose/v1/projects/")
    family, size, *_ = known.name.split("-")
    begin = {"rtmw": f"rtmw-dw-{'m-s' if size == 'm' else 'x-l'}"}.get(
        family, f"{family}[-_]{size}"
    )
    assert re.match(rf"{begin}_", file)
    written = re.search(r"-(\d+)x(\d+)[-_]", file)
    if written:  # not of YOLOX
        assert known.input_size == (int(written[1]), int(written[2]))
    if known.layout is None:
        assert family == "yolox"
        return
    joints = len(layout_named(known.layout).joints)
    marks = {"halpe26": 26, "ucoco": 133, "cocktail": 133, "hand5": 21}
    assert joints == next((count for mark, count in marks.items() if mark in file), 17)


def test_names_are_of_one_model_each() -> None:
    assert len({known.name for known in ALL}) == len({known.url for known in ALL}) == len(ALL)
    assert all(
        name == known.name for table in (YOLOX, RTMPOSE, RTMO) for name, known in table.items()
    )


def test_a_zip_behind_a_url(
    answer: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKELCONV_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    model = answer({"dets": np.array([[[8, 8, 40, 56, 0.9]]], np.float32)}, (64, 96))
    served = tmp_path / "served"
    served.mkdir()
    with zipfile.ZipFile(served / "yolox_tiny.zip", "w") as archive:
        archive.write(model, "20230831/yolox_tiny/end2end.onnx")
    digest = hashlib.sha256((served / "yolox_tiny.zip").read_bytes()).hexdigest()
    with serving(served) as address:
        monkeypatch.setitem(
            YOLOX,
            "yolox-tiny",
            KnownModel("yolox-tiny", f"{address}/yolox_tiny.zip", None, (64, 96)),
        )
        use = use_plugin("detector", "yolox", {"model": "yolox-tiny", "device": "cpu"})
        (boxes,) = use.make().detect([np.zeros((64, 96, 3), np.uint8)])
    np.testing.assert_allclose(boxes, [[8, 8, 40, 56, 0.9]])
    # From the cache, and only if it is what it must be.
    given = {"model": "yolox-tiny", "device": "cpu", "sha256": digest}
    use_plugin("detector", "yolox", given).make()
    with pytest.raises(SkelconvError, match=r"cannot be fetched|another file"):
        use_plugin("detector", "yolox", {**given, "sha256": "0" * 64}).make()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("yolox-tinny", ": did you mean 'yolox-tiny'?"),
        ("rtmpose", "; there are: yolox-nano, yolox-tiny"),
    ],
)
def test_an_unknown_name_is_told_with_those_that_are_known(name: str, said: str) -> None:
    with pytest.raises(PluginError) as error:
        use_plugin("detector", "yolox", {"model": name})
    assert f"there is no model {name!r}{said}" in str(error.value)
