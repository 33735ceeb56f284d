"""Models by the names that the wheels of MMDetection and MMPose list them under."""

import hashlib
import re
from pathlib import Path

import pytest
from mmengine.config import Config
from support.openmmlab_models import save_pose_model

from skelconv import PluginError
from skelconv.plugin import layout_named
from skelconv.plugin.use import use_plugin
from skelconv_openmmlab import index
from skelconv_openmmlab.index import digits_in, listed

# Warnings of the packages are theirs.
pytestmark = pytest.mark.filterwarnings("ignore")

HRNET = "td-hm_hrnet-w32_8xb64-210e_coco-256x192"


def test_the_models_of_the_wheels_are_listed() -> None:
    poses, detectors = listed("mmpose"), listed("mmdet")
    assert len(poses) > 150
    assert len(detectors) > 400
    hrnet = poses[HRNET].known
    assert hrnet.layout == "coco17"
    assert hrnet.input_size == (256, 192)
    assert hrnet.sha256 == "81c58e40"
    assert hrnet.url.endswith("-81c58e40_20220909.pth")
    # Of hands, faces, animals and clothes, only hands have a layout.
    assert {one.known.layout for one in poses.values()} == {
        "coco17",
        "halpe26",
        "coco-wholebody133",
        "hand21",
    }
    assert all(one.known.layout is None for one in detectors.values())


@pytest.mark.parametrize("start", range(6))
def test_listed_pose_models_are_top_down_and_have_the_joints_of_their_layout(start: int) -> None:
    """The configs themselves are the truth; a sixth of a sixth of them each."""
    for one in list(listed("mmpose").values())[start::36]:
        config = Config.fromfile(str(one.config))
        assert config.model.type == "TopdownPoseEstimator"
        joints = len(layout_named(one.known.layout).joints)
        head = config.model.head
        given = head.get("out_channels", head.get("num_joints"))
        if some := (config.model.test_cfg or {}).get("output_keypoint_indices"):
            given = len(some)
        # One predicts where a joint is beside how likely it is: three maps each.
        assert given in ((3 * joints,) if "udp-regress" in one.known.name else (joints,))


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("hrnet_w32_coco_256x192-c78dce93_20200708.pth", "c78dce93"),
        ("faster_rcnn_r50_fpn_1x_coco-person_20201216_175929-d022e227.pth", "d022e227"),
        # Seven digits, a date alone, and words.
        ("rtmpose-m_simcc-hand5_pt-aic-coco_210e-256x256-74fb594_20230320.pth", None),
        ("rtmw-dw-m-s_simcc-cocktail14_270e-256x192_20231122.pth", None),
        ("ddq_detr_swinl_30e.pth", None),
    ],
)
def test_digits_in_names(name: str, digits: str | None) -> None:
    assert digits_in(f"https://download.openmmlab.com/{name}") == digits


def test_a_name_means_a_config_and_its_weights() -> None:
    use = use_plugin("pose-model", "mmpose", {"model": HRNET})
    config, weights, sha256 = use.options.chosen()
    assert Path(config).stem == HRNET
    assert re.fullmatch(r"https://.*-81c58e40_20220909\.pth", weights)
    assert sha256 == "81c58e40"
    needed = use.options.to_fetch()
    assert (needed.name, needed.pin) == (weights, "81c58e40")
    assert use.layout() == "coco17"


def test_a_file_in_place_of_the_weights_at_the_url(tmp_path: Path) -> None:
    model = save_pose_model(tmp_path)
    digest = hashlib.sha256(Path(model.weights).read_bytes()).hexdigest()
    options = {"model": HRNET, "weights": model.weights, "sha256": digest, "device": "cpu"}
    use = use_plugin("pose-model", "mmpose", options)
    assert use.options.to_fetch() is None
    assert use.options.chosen()[1:] == (model.weights, digest)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "name a model: `model`, or `weights` and their `config`"),
        ({"model": HRNET, "config": "a.py"}, "`model` has a config"),
    ],
)
def test_options_name_one_model(options: dict[str, str], said: str) -> None:
    with pytest.raises(PluginError, match=said):
        use_plugin("pose-model", "mmpose", options)


def test_an_unknown_name() -> None:
    use = use_plugin("pose-model", "mmpose", {"model": HRNET.replace("w32", "w33")})
    with pytest.raises(PluginError, match=r"mmpose lists no model .* did you mean"):
        use.options.chosen()


def test_where_the_package_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    index.listed.cache_clear()
    monkeypatch.setattr(index, "find_spec", lambda name: None)
    assert listed("mmpose") == {}
    use = use_plugin("pose-model", "mmpose", {"model": HRNET})
    assert use.options.to_fetch() is None
    assert use.layout() is None
    index.listed.cache_clear()
