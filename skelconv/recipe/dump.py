"""Writes plain values as YAML that reads back as the same values."""

from __future__ import annotations

from typing import Any

import yaml

from skelconv.recipe.borrowed import Written
from skelconv.recipe.scalars import resolve


def to_yaml(value: Any) -> str:
    """Write plain JSON values as YAML 1.2.

    Parameters
    ----------
    value : JSON value
        A dict, list, str, int, float, bool or None.

    Returns
    -------
    str
        The YAML. ``${`` in a text is escaped, so that no text becomes a variable, except in
        `Written` text, which has variables.
    """
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )
    return text


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML quotes what YAML 1.1 does not read as text, but not 1e-3 and 0o17.
    style = None if _is_text(text) else "'"
    if not isinstance(text, Written):
        text = text.replace("${", "$${")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _is_text(text: str) -> bool:
    try:
        return isinstance(resolve(text), str)
    except ValueError:
        return False


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Written, _represent_text)
