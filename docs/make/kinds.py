"""For each kind of plugin what its contract is, and a page for each plugin that skelconv has."""

import json
import typing
from collections.abc import Iterator
from typing import Any

from skelconv.cli.describe import example_of, nested_mappings, type_in_words
from skelconv.data.layout import Layout
from skelconv.plugin import hookspecs
from skelconv.plugin.descriptors import Descriptor
from skelconv.plugin.extras import install_command
from skelconv.plugin.loading import load_registry
from skelconv.plugin.offering import KINDS
from skelconv.plugin.registry import OWN_DISTRIBUTION, Offer
from skelconv.recipe.dump import to_yaml
from skelconv.recipe.schema import options_schema

# What an author of each kind reads: names of skelconv.plugin, and checks of skelconv.testing.
CONTRACTS = {
    "source": ("SourcePlugin Source Inventory Item Rejected", "check_source"),
    "transform": (
        "TransformPlugin Transform DividingTransform Unmade",
        "check_transform check_dividing",
    ),
    "split": ("SplitPlugin Split", "check_split"),
    "sink": ("SinkPlugin Sink Assembly PublishingSink", "check_sink"),
    "reader": ("ReaderPlugin Reader", "check_reader"),
    "trainer": ("TrainerPlugin Trainer", "check_trainer"),
    "executor": ("ExecutorPlugin Executor Resources", "check_executor"),
    "detector": ("DetectorPlugin Detector", "check_detector"),
    "pose-model": (
        "PoseModelPlugin PoseModel CuttingPoseModel OneStagePoseModel Poses",
        "check_pose_model check_one_stage",
    ),
    "check": ("CheckPlugin Check CheckResult", ""),
    "layout": ("", "check_layout"),
    "recipes": ("RecipeFolder", "check_recipes"),
}


def offers(kind: str) -> list[Offer]:
    """Return what skelconv itself offers of a kind."""
    return [one for one in load_registry().of_kind(kind) if one.distribution == OWN_DISTRIBUTION]


def hooks() -> dict[str, type]:
    """Return what each hook yields, in the order of `KINDS`."""
    specified = {
        name: typing.get_args(typing.get_type_hints(hook)["return"])[0]
        for name, hook in vars(hookspecs).items()
        if name.startswith("skelconv_")
    }
    return dict(sorted(specified.items(), key=lambda pair: KINDS.index(pair[1].kind)))


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    made = {"kinds/index.md": _index()}
    nav = ["- [Kinds](index.md)"]
    for kind in KINDS:
        nav += [f"- [{kind}]({kind}/index.md)"]
        nav += [f"    - [{offer.name}]({kind}/{offer.name}.md)" for offer in offers(kind)]
        made[f"kinds/{kind}/index.md"] = _kind(kind)
        for offer in offers(kind):
            made[f"kinds/{kind}/{offer.name}.md"] = "\n".join(_plugin(offer)) + "\n"
    return made | {"kinds/SUMMARY.md": "\n".join(nav)}


def _index() -> str:
    lines = ["## The hooks", "", "| kind | hook | it yields |", "| --- | --- | --- |"]
    for name, offered in hooks().items():
        kind = offered.kind
        lines += [f"| [{kind}]({kind}/index.md) | `{name}` | `{offered.__name__}` |"]
    return "\n".join([*lines, ""])


def _kind(kind: str) -> str:
    names, checks = CONTRACTS[kind]
    contract = [f"skelconv.plugin.{name}" for name in names.split()] or ["skelconv.Layout"]
    contract += [f"skelconv.testing.{name}" for name in checks.split()]
    lines = []
    if offers(kind):
        lines += ["## Those of skelconv", "", "| name | |", "| --- | --- |"]
    for one in offers(kind):
        about = " ".join(one.descriptor.summary.split())
        lines += [f"| [`{one.name}`]({one.name}.md) | {about} |"]
    lines += ["", "## The contract in full", ""]
    for name in contract:
        lines += [f"::: {name}", "    options: {heading_level: 3}", ""]
    return "\n".join(lines)


def _plugin(offer: Offer) -> Iterator[str]:
    descriptor = offer.descriptor
    yield f"# {offer.name}"
    yield ""
    yield f"{' '.join(descriptor.summary.split())}. (A [{offer.kind}](index.md).)"
    yield ""
    if isinstance(descriptor, Layout):
        yield from _joints(descriptor)
        return
    if descriptor.requires:
        needed = install_command(pip_name for _, pip_name in descriptor.requires)
        yield from ("```sh", needed, "```", "")
    for name, value in _further(descriptor):
        yield from (f"{name}: {value}.", "")
    example = example_of(offer, descriptor)
    if example:
        yield from ("```yaml", to_yaml(example).rstrip(), "```", "")
    schema = options_schema(descriptor.options)
    if schema.get("properties"):
        yield from ("## Options", "", '<div class="options" markdown>', "")
        yield from ("| option | type | default | |", "| --- | --- | --- | --- |")
        yield from _options(schema, schema.get("$defs", {}))
        yield from ("", "</div>")
    else:
        yield "It has no options."


def _further(descriptor: Descriptor) -> Iterator[tuple[str, str]]:
    """Yield what descriptors of some kinds say beyond others."""
    suffixes = getattr(descriptor, "suffixes", ())
    if suffixes:
        told = ", ".join(f"`{suffix}`" for suffix in suffixes)
        yield "`skelconv convert` takes it for outputs that end in", told
    if getattr(descriptor, "reads", ""):
        yield "It reads", descriptor.reads
    if getattr(descriptor, "one_stage", False):
        yield "One-stage", "it finds people itself, and needs no detector"
    if getattr(descriptor, "divides", False):
        yield "Dividing", "it makes any number of clips of one"
    if descriptor.uses_if_there:
        yield "Used where they are installed", ", ".join(f"`{m}`" for m in descriptor.uses_if_there)


def _options(schema: dict[str, Any], definitions: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield a row for each option, and behind it those that are within it."""
    required = schema.get("required", ())
    options = schema.get("properties", {}).items()
    for name, option in sorted(options, key=lambda pair: pair[0] not in required):
        needed = name in required
        default = "required" if needed else f"`{json.dumps(option.get('default'))}`"
        kind = type_in_words(option, definitions).replace(" | ", " or ")
        about = " ".join(option.get("description", "").split())
        cells = (f"`{above}{name}`", _plain(kind), default, _plain(about))
        yield f"| {' | '.join(cells)} |"
        for nested in nested_mappings(option, definitions):
            yield from _options(nested, definitions, f"{above}{name}.")


def _plain(text: str) -> str:
    """Return a text in which nothing is Markdown."""
    for mark in "\\|*_[]<>`":
        text = text.replace(mark, f"\\{mark}" if mark not in "<>|" else f"&#{ord(mark)};")
    return text


def _joints(layout: Layout) -> Iterator[str]:
    parents = dict(layout.bones)
    partners = {joint: pair[1 - side] for pair in layout.pairs for side, joint in enumerate(pair)}

    def name(joint: int | None) -> str:
        return "" if joint is None else f"`{layout.joints[joint]}`"

    if layout.origin:
        yield from (f"From: {_plain(layout.origin)}.", "")
    yield from ("| | joint | parent | other side |", "| --- | --- | --- | --- |")
    for joint in range(len(layout.joints)):
        parent, partner = name(parents.get(joint)), name(partners.get(joint))
        yield f"| {joint} | {name(joint)} | {parent} | {partner} |"
    limbs = ", ".join(f"{one}-{other}" for one, other in layout.limbs)
    yield from ("", f"Limbs, as they are drawn: {limbs}.")
