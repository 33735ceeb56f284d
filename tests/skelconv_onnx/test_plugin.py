from skelconv.testing import check_descriptor
from skelconv_onnx import plugin


def test_descriptors_are_complete() -> None:
    for descriptor in (*plugin.skelconv_detectors(), *plugin.skelconv_pose_models()):
        check_descriptor(descriptor)
