"""What all tests share, and which of them need packages beyond the extra ``test``."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing: what it needs may be imported by the first.
# With CI in the environment Hypothesis makes the same examples each time, and others without.
settings.register_profile("skelconv", deadline=None)
settings.load_profile("skelconv")

# Commands that tests start find the sources compiled after the first, and begin sooner.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

TESTS = Path(__file__).parent

# Commands that tests start see the toy plugin as well.
TOY = str(TESTS / "support" / "toy")

# Folders and files, the modules that they need, and the extra that brings these.
NEEDS = {
    "docs/test_commands.py": (("PIL", "av"), "viz"),
    "docs/test_plugins.py": (("av", "torch"), "frames,torch"),
    "docs/test_training.py": (("mmaction",), "dev"),
    "fuzz/test_fuzz.py": (("av",), "frames"),
    "skelconv/cli/test_viz.py": (("PIL", "av"), "viz"),
    "skelconv/datasets/test_heatmaps_peer.py": (("mmaction",), "dev"),
    "skelconv/datasets/test_own_layouts.py": (("PIL", "av"), "viz"),
    "skelconv/new_plugin/test_style.py": (("mypy", "ruff"), "dev"),
    "skelconv/pictures": (("PIL", "av"), "viz"),
    "skelconv/test_torch.py": (("torch",), "torch"),
    "skelconv/test_torch_peer.py": (("mmaction",), "dev"),
    "skelconv/vision/test_frames.py": (("cv2",), "video"),
    "skelconv/vision/test_torch_device.py": (("torch",), "torch"),
    "skelconv/viewer/test_browser.py": (("playwright",), "dev"),
    "skelconv/viewer/test_report.py": (("playwright",), "dev"),
    "skelconv/viewer/test_server.py": (("PIL", "av"), "viz"),
    "skelconv_arrays/test_h5_reader.py": (("h5py",), "h5"),
    "skelconv_dask": (("av", "distributed"), "dask,frames"),
    "skelconv_mediapipe": (("mediapipe", "skimage"), "dev-mediapipe"),
    "skelconv_mocap/test_c3d_files.py": (("c3d",), "mocap"),
    "skelconv_ntu/test_video_tracks_peer.py": (("mmaction",), "dev"),
    "skelconv_openmmlab": (("av", "mmdet", "mmpose"), "openmmlab"),
    "skelconv_keypoints/test_dlc_h5.py": (("h5py",), "h5"),
    "skelconv_keypoints/test_sleap.py": (("h5py",), "h5"),
    "skelconv_posefiles/test_matlab_73.py": (("h5py",), "h5"),
    "skelconv_layouts/test_layouts_peer.py": (("mmpose",), "openmmlab"),
    "skelconv_people/test_similarity_peer.py": (("mmpose",), "openmmlab"),
    "skelconv_pickle/test_trainers.py": (("mmaction",), "dev"),
    "skelconv_onnx": (("onnx", "rtmlib"), "dev"),
    "skelconv_torch": (("torch",), "torch"),
    "skelconv_transformers": (("av", "torch", "transformers"), "transformers"),
    "skelconv_transforms/test_mmaction2_peer.py": (("mmaction",), "dev"),
    "skelconv_video": (("av",), "frames"),
    "skelconv_video/test_decode.py": (("cv2",), "video"),
    "skelconv_video/test_footage.py": (("PIL",), "viz"),
    "skelconv_video/test_source.py": (("PIL",), "viz"),
    "skelconv_zarr/test_hub.py": (("huggingface_hub",), "dev"),
    "skelconv_zarr/test_s3.py": (("moto", "s3fs"), "dev"),
}
# Which tests are to be run, if not those that can be: "all", or the "rest", those that need more
# packages. Where one is then skipped or left out, the run fails.
WANTED = os.environ.get("SKELCONV_TEST")
# This is not part of the extras, since pip cannot build what it asks for.
MMPOSE = "pip install --no-deps mmpose==1.3.2"

_left_out: set[str] = set()


@pytest.fixture(autouse=True)
def _toy_in_subprocesses(monkeypatch: pytest.MonkeyPatch) -> None:
    inherited = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [TOY, inherited])))


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was checked in a test is not kept in the cache of whoever runs it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read is tried again at once."""
    monkeypatch.setattr("skelconv.engine.dispatch._PAUSES", (0.0,))


# After pytest's own, so that what --ignore names is not said to be left out.
@pytest.hookimpl(trylast=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    name = collection_path.relative_to(TESTS).as_posix()
    if WANTED == "rest" and collection_path.name.startswith("test_"):
        above = [name, *(one.as_posix() for one in Path(name).parents)]
        if not any(one in NEEDS for one in above):
            return True
    modules, _ = NEEDS.get(name, ((), ""))
    if all(map(find_spec, modules)):
        return None
    # pytest also looks at what is beside the folders and files that it is to run.
    given = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    if any(map(collection_path.is_relative_to, given)):
        _left_out.add(name)
    return True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _incomplete(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if _left_out:
        terminalreporter.section("left out, for want of packages")
    for name in sorted(_left_out):
        modules, extra = NEEDS[name]
        command = f"pip install -e '.[{extra}]'"
        if "mmpose" in modules:
            command += f" && {MMPOSE}"
        terminalreporter.line(f"tests/{name}: {command}")
    if _incomplete(config):
        terminalreporter.line(
            f"FAILED: SKELCONV_TEST={WANTED} is set, and some tests were not run", red=True
        )


def _incomplete(config: pytest.Config) -> bool:
    """Whether tests were to run that did not."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    some = bool(_left_out or reporter.stats.get("skipped"))
    return some and WANTED is not None
