"""``skelconv list-plugins``: what is installed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import AsJson
from skelconv.cli.output import columns, say, say_json
from skelconv.data.errors import SkelconvError

if TYPE_CHECKING:
    from skelconv.plugin.registry import Offer, Registry

KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Only this kind, such as source or sink.",
        autocompletion=candidates.kinds,
    ),
]


def list_plugins(  # numpydoc ignore=PR01
    kind: KindOption = None, as_json: AsJson = False
) -> None:
    """List the plugins, what they need, and those that are broken."""
    from skelconv.plugin.loading import load_registry

    registry = load_registry()
    check_kind(kind)
    offers = registry.offers if kind is None else registry.of_kind(kind)
    if as_json:
        say_json(
            {
                "plugins": [_as_json(offer, registry) for offer in offers],
                "broken": [dataclasses.asdict(broken) for broken in registry.broken],
            }
        )
        return
    if offers:
        rows = [("KIND", "NAME", "FROM", "SUMMARY"), *(_row(offer, registry) for offer in offers)]
        say("\n".join(columns(rows)))
    for broken in registry.broken:
        say(f"broken: {broken.distribution} {broken.version} ({broken.entry_point})")
        say(f"  {broken.reason}")


def check_kind(kind: str | None) -> None:
    """Refuse what is not a kind of plugin.

    Parameters
    ----------
    kind : str or None
        The kind; None for all kinds.

    Raises
    ------
    SkelconvError
        When there is no such kind, with the nearest name.
    """
    from skelconv.plugin.offering import KINDS
    from skelconv.text.advice import nearest

    if kind is not None and kind not in KINDS:
        raise SkelconvError(f"no kind of plugin is called {kind!r}{nearest(kind, KINDS)}")


def _row(offer: Offer, registry: Registry) -> tuple[str, str, str, str]:
    from skelconv.plugin.extras import install_command

    notes = []
    name = registry.short_name(offer)
    if name != offer.name:
        notes.append("(another plugin has this name too: write it in full)")
    if offer.missing:
        notes.append(f"(needs: {install_command(offer.missing)})")
    summary = " ".join([*offer.descriptor.summary.split(), *notes])
    return offer.kind, name, f"{offer.distribution} {offer.version}", summary


def _as_json(offer: Offer, registry: Registry) -> dict[str, Any]:
    return {
        "kind": offer.kind,
        "name": offer.name,
        "qualified_name": offer.qualified_name,
        "ambiguous": registry.short_name(offer) != offer.name,
        "summary": offer.descriptor.summary,
        "distribution": offer.distribution,
        "version": offer.version,
        "missing": list(offer.missing),
    }
