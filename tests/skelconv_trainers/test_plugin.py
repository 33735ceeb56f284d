import pytest
from support.memory import clip, dataset

from skelconv import verify
from skelconv.plugin import TrainerPlugin
from skelconv.testing import check_descriptor
from skelconv_trainers.plugin import skelconv_trainers


@pytest.mark.parametrize(
    "descriptor", list(skelconv_trainers()), ids=lambda descriptor: descriptor.name
)
def test_descriptors(descriptor: TrainerPlugin) -> None:
    check_descriptor(descriptor)
    assert descriptor.reads


@pytest.mark.parametrize("name", ["posec3d", "stgcn", "ctrgcn"])
def test_verify_finds_each_by_its_name(name: str) -> None:
    found = verify(dataset(clip(label=None, joints=25, layout="ntu25")), name, select=["SK801"])
    (finding,) = found.findings
    assert finding.what == f"{name} is trained on splits, and there are none"
