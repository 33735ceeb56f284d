"""The registry: what the installed plugins offer, by kind and name."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field

from skelconv.data.errors import PluginError
from skelconv.data.layout import Layout
from skelconv.plugin.descriptors import Descriptor, RecipeFolder
from skelconv.plugin.extras import install_command
from skelconv.plugin.own_layouts import OwnLayout
from skelconv.text.advice import nearest

_WITH_ARTICLE = {"executor": "an executor", "recipes": "a folder of recipes"}

OWN_DISTRIBUTION = "skelconv"


@dataclass(frozen=True, slots=True)
class Offer:
    """A descriptor and where it comes from.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    descriptor : Descriptor, Layout or RecipeFolder
        What the plugin offers.
    distribution, version : str
        The package that it comes from.
    module : str
        The module of this package that offers it, as its entry point names it.
    """

    kind: str
    descriptor: Descriptor | Layout | RecipeFolder
    distribution: str
    version: str
    module: str = ""

    @property
    def name(self) -> str:
        """The name that recipes use."""
        return self.descriptor.name

    @property
    def qualified_name(self) -> str:
        """The name with its distribution, which is unique within a kind."""
        return f"{self.distribution}/{self.name}"

    @property
    def who(self) -> str:
        """The plugin's name in messages."""
        return f"the {self.kind} {self.name!r}"

    @property
    def missing(self) -> tuple[str, ...]:
        """The requirements that are not installed, by their names for pip; nothing is imported."""
        requires = getattr(self.descriptor, "requires", ())
        return tuple(pip_name for module, pip_name in requires if not _is_installed(module))


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin, or a part of one, that cannot be used.

    Attributes
    ----------
    distribution, version : str
        The package that it comes from.
    entry_point : str
        The name of its entry point in the group ``skelconv``.
    reason : str
        What is wrong with it, in one line.
    """

    distribution: str
    version: str
    entry_point: str
    reason: str


@dataclass
class Registry:
    """All that the installed plugins offer.

    Attributes
    ----------
    offers : list of Offer
        In the order of `KINDS`, then by name and distribution.
    broken : list of Broken
        What could not be loaded, and why.
    """

    offers: list[Offer] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Offer]:
        """Return the offers of one kind.

        Parameters
        ----------
        kind : str
            One of `KINDS`.

        Returns
        -------
        list of Offer
            Sorted by name and distribution.
        """
        return [offer for offer in self.offers if offer.kind == kind]

    def find(self, name: str, kind: str | None = None) -> list[Offer]:
        """Return the offers of one name.

        Parameters
        ----------
        name : str
            A name, or ``distribution/name``.
        kind : str, optional
            One of `KINDS`; by default all kinds.

        Returns
        -------
        list of Offer
            Empty where there are none.
        """
        offers = self.offers if kind is None else self.of_kind(kind)
        return [offer for offer in offers if name in (offer.name, offer.qualified_name)]

    def get(self, kind: str, name: str) -> Offer:
        """Return the one offer of this kind and name.

        A bare name means skelconv's own plugin where it has one of this name, so that other
        installed plugins do not change what a recipe means.

        Parameters
        ----------
        kind : str
            One of `KINDS`.
        name : str
            A name, or ``distribution/name``.

        Returns
        -------
        Offer
            The offer; what it requires may be missing.

        Raises
        ------
        PluginError
            When no plugin offers it, or when skelconv does not and several packages do.
        """
        found = self.find(name, kind)
        found = [offer for offer in found if offer.distribution == OWN_DISTRIBUTION] or found
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(offer.qualified_name for offer in found)
            raise PluginError(f"two plugins offer the {kind} {name!r}: write {names}")
        raise PluginError(
            f"there is no {kind} {name!r}{self._advice(kind, name)}",
            hint="some plugins are broken: skelconv list-plugins" if self.broken else None,
        )

    def short_name(self, offer: Offer) -> str:
        """Return the shortest name with which recipes can use an offer.

        Parameters
        ----------
        offer : Offer
            One of `offers`.

        Returns
        -------
        str
            Its name, or ``distribution/name`` where the name alone is another's or ambiguous.
        """
        same = self.find(offer.name, offer.kind)
        if len(same) == 1 or offer.distribution == OWN_DISTRIBUTION:
            return offer.name
        return offer.qualified_name

    def descriptor(self, kind: str, name: str) -> Descriptor:
        """Return the one descriptor of this kind and name, ready to be used.

        Parameters
        ----------
        kind : str
            One of `KINDS`, but not ``layout``.
        name : str
            A name, or ``distribution/name``.

        Returns
        -------
        Descriptor
            The descriptor.

        Raises
        ------
        PluginError
            As in `get`, and when what it requires is not installed.
        """
        offer = self.get(kind, name)
        if not isinstance(offer.descriptor, Descriptor):
            raise TypeError(f"a {kind} has no descriptor")
        if offer.missing:
            raise PluginError(
                f"the {kind} {name!r} needs packages that are not installed",
                hint=install_command(offer.missing),
            )
        return offer.descriptor

    def layout(self, name: str) -> Layout:
        """Return the layout of this name.

        Parameters
        ----------
        name : str
            A name, or ``distribution/name``; an `OwnLayout` brings its definition along.

        Returns
        -------
        Layout
            The layout.

        Raises
        ------
        PluginError
            When there is none, or more than one.
        """
        if isinstance(name, OwnLayout):
            return name.layout
        layout = self.get("layout", name).descriptor
        if not isinstance(layout, Layout):
            raise TypeError(f"{name!r} is offered as a layout and is none")
        return layout

    def _advice(self, kind: str, name: str) -> str:
        others = sorted({offer.kind for offer in self.find(name)})
        if others:
            return f" (it is {_WITH_ARTICLE.get(others[0], f'a {others[0]}')})"
        return nearest(name, [offer.name for offer in self.of_kind(kind)])


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False
