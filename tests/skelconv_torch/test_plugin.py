from skelconv.plugin.loading import load_registry
from skelconv.testing import check_descriptor
from skelconv_torch.plugin import skelconv_checks


def test_the_check_is_installed_and_answers_for_torch() -> None:
    (descriptor,) = skelconv_checks()
    check_descriptor(descriptor)
    assert descriptor.modules == ("torch", "torchvision")
    assert load_registry().get("check", "torch").descriptor == descriptor
