"""Files that cannot be used are refused with a reason, and nothing is fetched."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from skelconv import PluginError, SkelconvError
from skelconv.plugin.use import use_plugin

DETS = {"dets": np.array([[[1, 2, 3, 4, 0.9]]], np.float32)}


def create(path: Path | str, **options: Any) -> Any:
    given = {"model": str(path), "device": "cpu", **options}
    return use_plugin("detector", "yolox", given).make()


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("20230831/model/deploy.json", "{}")
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_zip_of_openmmlab_is_read_without_unpacking_it(
    answer: Callable[..., Path], tmp_path: Path
) -> None:
    data = answer(DETS).read_bytes()
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    path = zipped(folder / "a.zip", **{"../../end2end.onnx": data})
    before = sorted(tmp_path.rglob("*"))
    (boxes,) = create(path).detect([np.zeros((64, 64, 3), np.uint8)])
    np.testing.assert_allclose(boxes, DETS["dets"][0])
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_must_hold_exactly_one_model(answer: Callable[..., Path], tmp_path: Path) -> None:
    data = answer(DETS).read_bytes()
    with pytest.raises(PluginError, match=r"there are 0 \.onnx files in it"):
        create(zipped(tmp_path / "a.zip"))
    with pytest.raises(PluginError, match=r"there are 2 \.onnx files in it"):
        create(zipped(tmp_path / "b.zip", **{"a.onnx": data, "b.onnx": data}))


def test_a_zip_that_would_unpack_to_too_much_is_refused(
    answer: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.onnx": bytes(2**20)})
    monkeypatch.setattr("skelconv_onnx.session._MAX_BYTES", 2**19)
    with pytest.raises(PluginError, match=r"a\.onnx in it would unpack to 1048576 bytes"):
        create(path)


def test_a_damaged_zip_is_refused(answer: Callable[..., Path], tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.onnx": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    middle = data.index(b"a.onnx") + 60
    data[middle : middle + 20] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(PluginError, match="it cannot be read"):
        create(path)


@pytest.mark.parametrize("content", [b"", b"no model", b"\x80\x04.", bytes(100)])
def test_files_that_are_not_models_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(content)
    with pytest.raises(PluginError, match=r"a\.onnx: it is not a model that ONNX Runtime can load"):
        create(tmp_path / "a.onnx")


def test_a_truncated_model_is_refused(answer: Callable[..., Path]) -> None:
    path = answer(DETS)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(PluginError, match="it is not a model that ONNX Runtime can load"):
        create(path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="there is no such file"):
        create(tmp_path / "gone.onnx")


def test_the_digest_is_checked(answer: Callable[..., Path]) -> None:
    path = answer(DETS)
    create(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(SkelconvError, match="it is another file"):
        create(path, sha256="0" * 64)


def test_an_open_size_of_the_input_is_set_by_an_option(answer: Callable[..., Path]) -> None:
    open_size = answer(DETS, ("height", "width"))
    with pytest.raises(PluginError, match="it does not say what size of image it takes"):
        create(open_size)
    frame = np.zeros((120, 160, 3), np.uint8)
    (boxes,) = create(open_size, input_size=(64, 96)).detect([frame])
    np.testing.assert_allclose(boxes[0, :4], DETS["dets"][0, 0, :4] * 120 / 64, rtol=1e-6)
    fixed = answer(DETS, (64, 64), "b.onnx")
    with pytest.raises(PluginError, match="it takes images of 64 x 64, not 64 x 96"):
        create(fixed, input_size=(64, 96))


def test_a_missing_gpu_is_reported(
    answer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(PluginError, match=r"device 'cuda': ONNX Runtime .* is a build for the CPU"):
        create(answer(DETS), device="cuda")


def test_a_cuda_that_does_not_start_is_reported(
    answer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without its libraries, ONNX Runtime would use the CPU."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    with (
        pytest.warns(UserWarning, match="CUDAExecutionProvider"),
        pytest.raises(PluginError, match="has CUDA, and cannot start it"),
    ):
        create(answer(DETS), device="cuda:1")
    with pytest.raises(PluginError, match="device 'cuda:2': there are 2 GPUs, counted from 0"):
        create(answer(DETS), device="cuda:2")


def test_threads_are_set_and_nothing_is_printed(
    answer: Callable[..., Path], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    make = onnxruntime.InferenceSession

    def watched(model: Any, settings: Any, *more: Any, **others: Any) -> Any:
        given.append(settings.intra_op_num_threads)
        return make(model, settings, *more, **others)

    monkeypatch.setattr(onnxruntime, "InferenceSession", watched)
    create(answer(DETS))
    create(answer(DETS), threads=3)
    assert given == [1, 3]
    assert capfd.readouterr() == ("", "")


def external(path: Path, **where: str) -> Path:
    """Write a model whose first tensor is in another file."""
    model = onnx.load(path)
    tensor = model.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, **{"location": "weights.bin", **where})
    path.with_name("weights.bin").write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    path.write_bytes(model.SerializeToString())
    return path


def test_a_model_that_names_other_files_is_refused(
    answer: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = external(answer(DETS))
    onnxruntime.InferenceSession(path)  # which would load it
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.chdir(tmp_path)
    for given in (path, zipped(tmp_path / "a.zip", **{"a.onnx": path.read_bytes()})):
        with pytest.raises(PluginError, match="its weights are in other files") as e:
            create(given, **({"sha256": digest} if given == path else {}))
        assert e.value.hint == "save it as one file: onnx.save(onnx.load('a.onnx'), 'b.onnx')"
    onnx.save(onnx.load(path), tmp_path / "b.onnx")
    create(tmp_path / "b.onnx")


def in_an_attribute(tensor: onnx.TensorProto) -> onnx.ModelProto:
    node = onnx.helper.make_node("Constant", [], ["c"], value=tensor)
    return model_of([node])


def in_a_list_of_tensors(tensor: onnx.TensorProto) -> onnx.ModelProto:
    node = onnx.helper.make_node("Constant", [], ["c"], values=[tensor])
    return model_of([node])


def in_a_branch(tensor: onnx.TensorProto) -> onnx.ModelProto:
    graph = onnx.helper.make_graph([], "inner", [], [], [tensor])
    node = onnx.helper.make_node("If", ["input"], ["c"], then_branch=graph, else_branch=graph)
    return model_of([node])


def in_a_sparse_tensor(tensor: onnx.TensorProto) -> onnx.ModelProto:
    model = model_of([])
    sparse = onnx.SparseTensorProto(dims=[1])
    sparse.values.CopyFrom(tensor)
    model.graph.sparse_initializer.append(sparse)
    return model


def in_a_function(tensor: onnx.TensorProto) -> onnx.ModelProto:
    model = model_of([])
    node = onnx.helper.make_node("Constant", [], ["c"], value=tensor)
    model.functions.append(onnx.helper.make_function("own", "f", [], ["c"], [node], []))
    return model


def in_training_information(tensor: onnx.TensorProto) -> onnx.ModelProto:
    model = model_of([])
    model.training_info.add().algorithm.initializer.append(tensor)
    return model


def model_of(nodes: list[onnx.NodeProto]) -> onnx.ModelProto:
    value = onnx.helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, [1, 3, 64, 64])
    return onnx.helper.make_model(onnx.helper.make_graph(nodes, "model", [value], []))


@pytest.mark.parametrize("location", [True, False], ids=["external", "default"])
@pytest.mark.parametrize(
    "make",
    [
        in_an_attribute,
        in_a_list_of_tensors,
        in_a_branch,
        in_a_sparse_tensor,
        in_a_function,
        in_training_information,
    ],
)
def test_other_files_are_found_at_any_depth(
    tmp_path: Path, make: Callable[..., onnx.ModelProto], location: bool
) -> None:
    tensor = onnx.numpy_helper.from_array(np.zeros(3, np.float32), "t")
    (tmp_path / "a.onnx").write_bytes(make(tensor).SerializeToString())
    with pytest.raises(PluginError) as e:  # it finds no people
        create(tmp_path / "a.onnx")
    assert "other files" not in str(e.value)
    tensor.external_data.add(key="location", value="/etc/passwd")
    if location:
        tensor.data_location = onnx.TensorProto.EXTERNAL
    (tmp_path / "a.onnx").write_bytes(make(tensor).SerializeToString())
    with pytest.raises(PluginError, match="its weights are in other files"):
        create(tmp_path / "a.onnx")
