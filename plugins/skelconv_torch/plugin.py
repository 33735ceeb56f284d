"""What this package offers."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv.plugin import Check, CheckPlugin, Options, hookimpl


def _create(options: Options) -> Check:
    from skelconv_torch.doctor import check_torch

    return check_torch


@hookimpl
def skelconv_checks() -> Iterator[CheckPlugin]:
    """Offer the check ``torch``."""
    yield CheckPlugin(
        name="torch",
        summary="PyTorch and torchvision",
        create=_create,
        modules=("torch", "torchvision"),
    )
