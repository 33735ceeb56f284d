"""``skelconv list-plugins``: what is installed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skelconv.cli.arguments import AsJson
from skelconv.cli.output import columns, say, say_json
from skelconv.errors import SkelconvError

if TYPE_CHECKING:
    from skelconv.registry import Offer, Registry

KindOption = Annotated[
    str | None, typer.Option("--kind", help="One kind alone, such as source or sink.")
]


def list_plugins(kind: KindOption = None, as_json: AsJson = False) -> None:
    """List the plugins, what they need, and those that are broken."""
    from skelconv.registry import load_registry

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
    """Refuse what is no kind of plugin.

    Raises
    ------
    SkelconvError
        With the nearest right name.
    """
    from skelconv.nearest import nearest
    from skelconv.registry import KINDS

    if kind is not None and kind not in KINDS:
        raise SkelconvError(f"no kind of plugin is called {kind!r}{nearest(kind, KINDS)}")


def _row(offer: Offer, registry: Registry) -> tuple[str, str, str, str]:
    notes = []
    if _is_ambiguous(offer, registry):
        notes.append("(the name is given twice: write it in full)")
    if offer.missing:
        notes.append(f"(needs: pip install {' '.join(offer.missing)})")
    name = offer.qualified_name if _is_ambiguous(offer, registry) else offer.name
    summary = " ".join([*offer.descriptor.summary.split(), *notes])
    return offer.kind, name, f"{offer.distribution} {offer.version}", summary


def _is_ambiguous(offer: Offer, registry: Registry) -> bool:
    return len(registry.find(offer.name, offer.kind)) > 1


def _as_json(offer: Offer, registry: Registry) -> dict[str, Any]:
    return {
        "kind": offer.kind,
        "name": offer.name,
        "qualified_name": offer.qualified_name,
        "ambiguous": _is_ambiguous(offer, registry),
        "summary": offer.descriptor.summary,
        "distribution": offer.distribution,
        "version": offer.version,
        "missing": list(offer.missing),
    }
