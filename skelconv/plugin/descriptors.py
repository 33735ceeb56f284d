"""Descriptors: plain data with which a plugin says what it offers and how it is made.

Fields that a later version adds have defaults, so a plugin for this version continues to work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from skelconv.plugin.classes import Classes
from skelconv.plugin.guesses import Guess
from skelconv.plugin.models import Fetchable, KnownModel
from skelconv.plugin.options import Options


@dataclass(frozen=True, slots=True)
class Resources:
    """What one worker needs for a stage; executors place work by it.

    Attributes
    ----------
    cpus : int
        Number of cores.
    gpus : int
        Number of GPUs.
    gpu : int, optional
        The number of the GPU on this machine to use, from 0; None leaves it to the executor.
    """

    cpus: int = 1
    gpus: int = 0
    gpu: int | None = None

    @classmethod
    def together(cls, needs: Sequence[Resources]) -> Resources:
        """Return what a worker needs that runs several stages, one after the other.

        Parameters
        ----------
        needs : sequence of Resources
            What each stage needs; at least one.

        Returns
        -------
        Resources
            The maximum of each.

        Raises
        ------
        ValueError
            When they name different GPUs: a worker has only one.
        """
        gpus = {need.gpu for need in needs if need.gpu is not None}
        if len(gpus) > 1:
            names = " and ".join(f"cuda:{gpu}" for gpu in sorted(gpus))
            raise ValueError(f"a worker has one GPU, and {names} are asked for")
        return cls(
            cpus=max(need.cpus for need in needs),
            gpus=max(need.gpus for need in needs),
            gpu=next(iter(gpus), None),
        )


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What a plugin offers under one name.

    Attributes
    ----------
    name : str
        The name that recipes use, in kebab-case.
    summary : str
        One line, for ``skelconv list-plugins`` and ``skelconv describe``.
    options : type of Options
        The model of the options, which a recipe gives under ``with``.
    create : callable from checked options to the stage
        Makes the stage. It imports what is heavy, so that listing plugins stays fast. It is called
        in each process that needs the stage. A `skelconv.SkelconvError` that it raises is shown
        as it is; anything else becomes a `skelconv.PluginError` that names the plugin.
    requires : tuple of (str, str)
        Pairs of the import name of a top-level module, and what to ``pip install`` for it. Where
        one is not installed, the plugin is listed but cannot be used. What must be installed
        without its own requirements begins with ``--no-deps`` and a space.
    uses_if_there : tuple of str
        Import names of packages that are optional and change the result where they are installed.
        As with `requires`, their versions are recorded, and a build does not continue with others.
    resources : Resources, or callable from checked options to Resources
        What one worker needs.
    example : mapping
        Options that show a typical use; they must be valid.
    cite : tuple of str, or callable from checked options to it
        What whoever uses it should cite, such as the paper of a dataset: BibTeX entries, which
        ``skelconv cite`` prints.
    """

    kind: ClassVar[str]

    name: str
    summary: str
    create: Callable[[Any], Any]
    options: type[Options] = Options
    requires: tuple[tuple[str, str], ...] = ()
    uses_if_there: tuple[str, ...] = ()
    resources: Resources | Callable[[Any], Resources] = Resources()
    example: Mapping[str, Any] = field(default_factory=dict)
    cite: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()

    def cited_with(self, options: Options) -> tuple[str, ...]:
        """Return what should be cited.

        Parameters
        ----------
        options : Options
            Checked options of this plugin.

        Returns
        -------
        tuple of str
            BibTeX entries.
        """
        return self.cite(options) if callable(self.cite) else self.cite

    def resources_for(self, options: Options) -> Resources:
        """Return what one worker needs.

        Parameters
        ----------
        options : Options
            Checked options of this plugin.

        Returns
        -------
        Resources
            What it needs with these options.
        """
        needs = self.resources
        return needs if isinstance(needs, Resources) else needs(options)


@dataclass(frozen=True, kw_only=True)
class _GivesLayout(Descriptor):
    """Of a descriptor whose clips have one layout.

    Attributes
    ----------
    layout : str, or callable from checked options to str or None
        The layout of all clips, where the options decide it; None where it is known only later.
        With it a recipe is refused when a transform cannot work on this layout.
    """

    layout: str | Callable[[Any], str | None] | None = None

    def layout_for(self, options: Options) -> str | None:
        """Return the layout of all clips, where the options decide it.

        Parameters
        ----------
        options : Options
            Checked options of this plugin.

        Returns
        -------
        str or None
            The layout's name; None where it is not known.
        """
        return self.layout(options) if callable(self.layout) else self.layout


@dataclass(frozen=True, kw_only=True)
class SourcePlugin(_GivesLayout):
    """Describes a `skelconv.plugin.Source`.

    Attributes
    ----------
    keeps_empty : bool
        Whether clips that nobody is in belong to its data, as in a finished dataset. Those of
        other sources are quarantined.
    guess : callable, optional
        Takes the `skelconv.files.Samples` of a folder or file, and returns what the source takes
        them for, or None where they are not its files. ``skelconv init --from`` writes a recipe
        by it. It imports nothing heavy, and reads little.
    """

    kind = "source"

    keeps_empty: bool = False
    guess: Callable[[Any], Guess | None] | None = None


@dataclass(frozen=True, kw_only=True)
class TransformPlugin(Descriptor):
    """Describes a `skelconv.plugin.Transform`.

    Attributes
    ----------
    on_boxes : bool, or callable from checked options to bool
        Whether it chooses among people by their boxes alone (the fields ``bbox`` and
        ``bbox_score``), and keeps the frames as they are. It then also accepts a clip without
        joints (V = 0), so a source may run it before the joints are known.
    on_appearance : bool, or callable from checked options to bool
        Whether it also compares what people look like. A source with frames then gives it the
        fields `skelconv.vision.APPEARANCE` and `APPEARANCE_ROW`; a clip without them must do, too.
    settle : callable, optional
        Completes checked options while a build is planned: it takes them and the
        `skelconv.plugin.Classes` before this transform, and returns options of the same type.
        Workers, and whoever compares two builds, see what it returns. It is called on the driver,
        with what the source found as a whole, and raises a `skelconv.SkelconvError` where the
        options do not fit the classes.
    layout_after : callable from checked options and str to str, optional
        Takes the layout of the clips and returns that of the transformed clips; raises a
        `skelconv.ClipError` or `skelconv.SkelconvError` where it cannot work on this layout. It
        loads no clip: a recipe is checked with it. A transform without it keeps the layout.
    divides : bool
        Whether it gives any number of clips for one, and is a
        `skelconv.plugin.DividingTransform`.
    """

    kind = "transform"

    on_boxes: bool | Callable[[Any], bool] = False
    on_appearance: bool | Callable[[Any], bool] = False
    settle: Callable[[Any, Classes], Options] | None = None
    layout_after: Callable[[Any, str], str] | None = None
    divides: bool = False

    def is_on_boxes(self, options: Options) -> bool:
        """Return whether it works by boxes alone; see `on_boxes`.

        Parameters
        ----------
        options : Options
            Checked options of this plugin.

        Returns
        -------
        bool
            Whether it does with these options.
        """
        return self.on_boxes if isinstance(self.on_boxes, bool) else self.on_boxes(options)

    def is_on_appearance(self, options: Options) -> bool:
        """Return whether it compares what people look like; see `on_appearance`.

        Parameters
        ----------
        options : Options
            Checked options of this plugin.

        Returns
        -------
        bool
            Whether it does with these options.
        """
        asks = self.on_appearance
        return asks if isinstance(asks, bool) else asks(options)


@dataclass(frozen=True, kw_only=True)
class SplitPlugin(Descriptor):
    """Describes a `skelconv.plugin.Split`.

    Attributes
    ----------
    subject : str
        A regular expression that finds in the ids of its dataset who or what is recorded, and which
        no two parts should share. It has one named group, called like what it finds, such as
        ``(?P<performer>P...)``. ``skelconv verify`` looks for it in all datasets.
    """

    kind = "split"

    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class SinkPlugin(Descriptor):
    """Describes a `skelconv.plugin.Sink`; its options have at least ``path``.

    Attributes
    ----------
    suffixes : tuple of str
        Suffixes of a path, such as ``.pkl``, for which ``skelconv convert`` chooses this sink.
    """

    kind = "sink"

    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReaderPlugin(Descriptor):
    """Describes a `skelconv.plugin.Reader`; its options have at least ``path``.

    Attributes
    ----------
    recognises : callable from str to bool
        Takes a path or URL, and returns whether this reader can read it. It looks at the suffix or
        at the first bytes, and never loads the file.
    """

    kind = "reader"

    recognises: Callable[[str], bool]


class ExecutorPlugin(Descriptor):
    """Describes a `skelconv.plugin.Executor`: a way to run work."""

    kind = "executor"


@dataclass(frozen=True, kw_only=True)
class TrainerPlugin(Descriptor):
    """Describes a `skelconv.plugin.Trainer`: what a training code needs of a dataset.

    Attributes
    ----------
    reads : str
        The format of dataset that it reads, in a few words.
    """

    kind = "trainer"

    reads: str = ""


@dataclass(frozen=True, kw_only=True)
class _RunsModel(Descriptor):
    """Of a descriptor whose stage runs a model.

    Attributes
    ----------
    known : callable, optional
        Gives the models that the option ``model`` takes by name, for ``skelconv models``; none
        where a package that lists them is not installed. It imports nothing heavy.
    weights : callable from checked options to Fetchable or None, optional
        Says what has to be fetched with these options; None where all is on this machine. The
        build fetches it before anything is decoded, and the pin of what came goes into the options
        of workers, so that all have the same. It imports nothing heavy.
    """

    known: Callable[[], Iterable[KnownModel]] | None = None
    weights: Callable[[Any], Fetchable | None] | None = None


class DetectorPlugin(_RunsModel):
    """Describes a `skelconv.plugin.Detector`.

    ``create`` loads the model onto the device that its options name. It raises
    `skelconv.PluginError` when it cannot, which ends the build: no clip could be converted.
    """

    kind = "detector"


@dataclass(frozen=True, kw_only=True)
class PoseModelPlugin(_GivesLayout, _RunsModel):
    """Describes a `skelconv.plugin.PoseModel`; ``create`` loads it, as for a detector.

    Attributes
    ----------
    one_stage : bool
        Whether it is a `skelconv.plugin.OneStagePoseModel`, which needs no boxes.
    """

    kind = "pose-model"

    one_stage: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckPlugin(Descriptor):
    """Describes a check for ``skelconv doctor``: a `skelconv.plugin.checks.Check`.

    Attributes
    ----------
    modules : tuple of str
        Import names of packages that it covers. For each module in a ``requires`` that no check
        covers, skelconv itself reports whether it is installed.
    """

    kind = "check"

    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFolder:
    """A folder of recipes that a package brings along; it is plain data, as a layout is.

    Attributes
    ----------
    name : str
        In kebab-case. A recipe ``reach.yaml`` in the folder is used as ``NAME:reach``.
    summary : str
        One line, for ``skelconv list-plugins``.
    path : Path
        The folder, such as ``Path(__file__).with_name("recipes")``. Its recipes, and those in
        folders below it, end in ``.yaml``.
    """

    kind: ClassVar[str] = "recipes"

    name: str
    summary: str
    path: Path
