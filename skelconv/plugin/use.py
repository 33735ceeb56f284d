"""A plugin in use: its name and its checked options.

A recipe's stages are uses of a source, transforms, splits and a sink. The options of a plugin can
contain uses as well, such as the detector of a source of videos ::

    class VideoOptions(Options):
        detector: UseDetector | None = Field(default=None, description="Finds people")

    def create(options: VideoOptions):
        detector = options.detector.make()

In a recipe it is written with ``use`` and ``with``, or as a bare name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from skelconv.data.errors import PluginError
from skelconv.plugin.descriptors import (
    Descriptor,
    PoseModelPlugin,
    Resources,
    SourcePlugin,
    TransformPlugin,
)
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.interfaces.trainers import Trainer
from skelconv.plugin.loading import load_registry
from skelconv.plugin.options import Options, values_in
from skelconv.plugin.registry import Offer


def _say_kind(schema: dict[str, Any], use: type[Use]) -> None:
    """Name the kind in the JSON Schema: which plugins there are is known where it is used."""
    schema["x-kind"] = use.kind


class Use(Options):
    """A plugin and its options, checked and complete.

    Attributes
    ----------
    use : str
        The plugin's name, or ``distribution/name``.
    options : Options
        The options, an instance of the plugin's model; named ``with`` in recipes.
    """

    model_config = ConfigDict(json_schema_extra=_say_kind)

    kind: ClassVar[str]
    methods: ClassVar[tuple[str, ...]]
    """Of what ``create`` returns; what else an interface has is checked where it is used."""
    gives: ClassVar[type] = object
    """What ``create`` returns, where it is a class of skelconv's."""

    use: str = Field(description="The plugin's name")
    options: Annotated[
        SerializeAsAny[Options], WithJsonSchema({"type": "object", "additionalProperties": True})
    ] = Field(
        default={},
        alias="with",
        validate_default=True,
        description="The plugin's options",
    )

    @property
    def who(self) -> str:
        """The plugin's name in messages."""
        return f"the {self.kind} {self.use!r}"

    @property
    def offer(self) -> Offer:
        """The plugin's descriptor, and the package that it comes from."""
        return load_registry().get(self.kind, self.use)

    @property
    def descriptor(self) -> Descriptor:
        """The plugin's descriptor."""
        return _descriptor(self.offer)

    def make(self) -> Any:
        """Make the stage from its options, in this process.

        Returns
        -------
        Any
            What the descriptor's ``create`` returns.

        Raises
        ------
        skelconv.PluginError
            When what the plugin requires is not installed, or the stage cannot be made.
        """
        descriptor = load_registry().descriptor(self.kind, self.use)
        made = call(self.who, descriptor.create, self.options, gives=self.gives)
        with guarded(self.who):
            for name in self._methods_of(descriptor):
                if not callable(getattr(made, name, None)):
                    raise TypeError(f"create gave a {type(made).__name__} without {name}()")
        return made

    def resources(self) -> Resources:
        """Return what one worker needs for it."""
        resources: Resources = call(
            self.who, self.descriptor.resources_for, self.options, gives=Resources
        )
        return resources

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values, with the keys ``use`` and ``with``, as in a recipe in full."""
        with guarded(self.who):  # options may be of any type, and write themselves
            return self.model_dump(mode="json", by_alias=True, round_trip=True, warnings=False)

    def layout(self) -> str | None:
        """Return the layout of the clips that it gives, where its options decide it."""
        descriptor = self.descriptor
        if not isinstance(descriptor, SourcePlugin | PoseModelPlugin):
            return None
        layout: str | None = call(
            self.who, descriptor.layout_for, self.options, gives=(str, type(None))
        )
        return layout

    @property
    def cited(self) -> tuple[str, ...]:
        """What should be cited where it is used: BibTeX entries."""
        found: tuple[str, ...] = call(
            self.who, self.descriptor.cited_with, self.options, gives=tuple
        )
        return tuple(map(str, found))

    def nested(self) -> Iterator[Use]:
        """Yield the uses in its options, at any depth, each before those in its own options."""
        for value in values_in(self.options):
            if isinstance(value, Use):
                yield value
                yield from value.nested()

    def _methods_of(self, descriptor: Descriptor) -> tuple[str, ...]:
        return self.methods

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, value: Any) -> Any:
        return {"use": value} if isinstance(value, str) else value

    @field_validator("use")
    @classmethod
    def _find(cls, use: str) -> str:
        try:
            load_registry().get(cls.kind, use)
        except PluginError as error:
            raise ValueError(f"{error.what} ({error.hint})" if error.hint else error.what) from None
        return use

    @field_validator("options", mode="before")
    @classmethod
    def _check(cls, options: Any, info: ValidationInfo) -> Options:
        if "use" not in info.data:
            return Options()  # what is wrong is reported already
        model = _descriptor(load_registry().get(cls.kind, info.data["use"])).options
        return model.model_validate({} if options is None else options, context=info.context)


class UseSource(Use):
    """A source and its options."""

    kind = "source"
    methods = ("inventory", "load")


class UseTransform(Use):
    """A transform and its options."""

    kind = "transform"

    @property
    def divides(self) -> bool:
        """Whether it gives any number of clips for one."""
        descriptor = self.descriptor
        return isinstance(descriptor, TransformPlugin) and descriptor.divides

    def _methods_of(self, descriptor: Descriptor) -> tuple[str, ...]:
        return ("divide",) if getattr(descriptor, "divides", False) else ("__call__",)


class UseSplit(Use):
    """A split and its options."""

    kind = "split"
    methods = ("assign",)


class _UseOfPath(Use):
    """A plugin with the option ``path``, the place of a dataset, in which ``~`` is the home."""

    @field_validator("options")
    @classmethod
    def _expand(cls, options: Options) -> Options:
        path = getattr(options, "path", None)
        if not isinstance(path, str | Path) or not str(path).startswith("~"):
            return options
        return options.model_copy(update={"path": type(path)(os.path.expanduser(path))})


class UseSink(_UseOfPath):
    """A sink and its options."""

    kind = "sink"
    methods = ("encode", "assemble")


class UseReader(_UseOfPath):
    """A reader and its options."""

    kind = "reader"
    methods = ("read",)


class UseExecutor(Use):
    """An executor and its options."""

    kind = "executor"
    methods = ("start", "kill")


class UseDetector(Use):
    """A detector and its options."""

    kind = "detector"
    methods = ("detect",)


class UsePoseModel(Use):
    """A pose model and its options."""

    kind = "pose-model"

    def _methods_of(self, descriptor: Descriptor) -> tuple[str, ...]:
        return ("find",) if getattr(descriptor, "one_stage", False) else ("estimate",)


class UseTrainer(Use):
    """A trainer and its options."""

    kind = "trainer"
    methods = ()
    gives = Trainer


_USES: dict[str, type[Use]] = {
    use.kind: use
    for use in (
        UseSource,
        UseTransform,
        UseSplit,
        UseSink,
        UseReader,
        UseExecutor,
        UseDetector,
        UsePoseModel,
        UseTrainer,
    )
}


def use_of(kind: str) -> type[Use]:
    """Return the class of uses of one kind of plugin.

    Parameters
    ----------
    kind : str
        The kind, such as ``source``.

    Returns
    -------
    type of Use
        The class, such as `UseSource`.
    """
    return _USES[kind]


def use_plugin(kind: str, name: str, options: Mapping[str, Any]) -> Use:
    """Return the use of a plugin whose options are not from a recipe.

    Parameters
    ----------
    kind : str
        The kind, such as ``reader``.
    name : str
        The plugin's name.
    options : mapping
        Its options, not checked yet.

    Returns
    -------
    Use
        The plugin with checked options.

    Raises
    ------
    PluginError
        When there is no such plugin, it has no such option, or a value is wrong.
    """
    who = load_registry().get(kind, name).who
    try:
        with guarded(who, passing=(ValidationError,)):  # a plugin's own check may raise anything
            return use_of(kind).model_validate({"use": name, "with": options})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors()
        )
        raise PluginError(
            f"the {kind} {name!r} cannot take {faults}",
            hint=f"its options: skelconv describe {name}",
        ) from None


def _descriptor(offer: Offer) -> Descriptor:
    assert isinstance(offer.descriptor, Descriptor)  # noqa: S101 (layouts are not used by options)
    return offer.descriptor
