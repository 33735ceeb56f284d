"""``skelconv models``: the models that plugins know by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import AsJson
from skelconv.cli.output import columns, say, say_json, wrapped
from skelconv.data.errors import SkelconvError

if TYPE_CHECKING:
    from skelconv.plugin.models import KnownModel
    from skelconv.plugin.registry import Offer

# What a plugin's models give.
_GIVES = {"detector": "people", "pose-model": "joints"}


def models(  # numpydoc ignore=PR01
    plugin: Annotated[
        str | None,
        typer.Argument(
            metavar="PLUGIN",
            help="Only the models of this detector or pose model, such as rtmpose.",
            autocompletion=candidates.models,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the models that detectors and pose models know by name.

    A recipe names one by the option `model`, such as `model: rtmpose-m`. A model gives people,
    which are boxes, or joints, or both at once. The height and width of its input follow, and the
    size of its weights where it is known; --json has the whole URL.
    """
    offers = _chosen(plugin)
    if as_json:
        say_json([_as_json(offer, one) for offer in offers for one in _known(offer)])
        return
    for line in _lines(offers):
        say(line)


def _lines(offers: Sequence[Offer]) -> Iterator[str]:
    """Yield a table for each plugin and layout: some names are nearly as wide as a terminal."""
    from skelconv.plugin.extras import install_command

    for number, offer in enumerate(offers):
        if number:
            yield ""
        found = _known(offer)
        if not found:
            yield f"{offer.name} ({_gives(offer)})"
            if offer.missing:
                yield f"  they are listed after: {install_command(offer.missing)}"
        for layout in dict.fromkeys(one.layout for one in found):
            these = [one for one in found if one.layout == layout]
            places = sorted({urlsplit(one.url).hostname or one.url for one in these})
            of = "" if layout is None else f" of {layout}"
            title = f"{offer.name} ({_gives(offer)}{of}), from {', '.join(places)}"
            yield from wrapped(title, below="  ")
            cells = zip(*map(_row, these), strict=True)
            filled = [column for column in cells if any(column)]
            for line in columns(zip(*filled, strict=True)):
                yield f"  {line}"


def _chosen(plugin: str | None) -> Sequence[Offer]:
    from skelconv.plugin.loading import load_registry
    from skelconv.text.advice import nearest

    registry = load_registry()
    offers = [
        offer
        for kind in _GIVES
        for offer in registry.of_kind(kind)
        if getattr(offer.descriptor, "known", None) is not None
    ]
    chosen = [offer for offer in offers if plugin in (None, offer.name, offer.qualified_name)]
    if not chosen:
        what = f"no plugin {plugin!r} has a list of models"
        raise SkelconvError(what + nearest(str(plugin), [offer.name for offer in offers]))
    return chosen


def _known(offer: Offer) -> list[KnownModel]:
    from skelconv.plugin.guard import call

    return list(call(offer.who, getattr(offer.descriptor, "known")))  # noqa: B009


def _gives(offer: Offer) -> str:
    if getattr(offer.descriptor, "one_stage", False):
        return "people and joints"
    return _GIVES[offer.kind]


def _row(one: KnownModel) -> tuple[str, str, str]:
    size = "" if one.input_size is None else "{}x{}".format(*one.input_size)
    return one.name, size, "" if one.megabytes is None else f"{one.megabytes} MB"


def _as_json(offer: Offer, one: KnownModel) -> dict[str, Any]:
    return {"plugin": offer.name, "gives": _gives(offer), **dataclasses.asdict(one)}
