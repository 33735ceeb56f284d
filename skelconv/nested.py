"""Plugins within a plugin's options: a source of video has a detector and a pose model.

::

    class VideoOptions(Options):
        detector: UseDetector | None = Field(default=None, description="What finds people")

    def create(options: VideoOptions):
        detector = options.detector.make()

In a recipe such an option is written as a stage is: with ``use`` and ``with``, or as a bare name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from skelconv.errors import PluginError
from skelconv.hookspecs import Descriptor, Options, Resources
from skelconv.option_types import values_in


class Use(Options):
    """A plugin of some kind and its options, which are checked and completed as a stage's are."""

    kind: ClassVar[str]

    use: str = Field(description="The plugin's name")
    options: dict[str, Any] = Field(
        default={}, alias="with", validate_default=True, description="The plugin's options"
    )

    def descriptor(self) -> Descriptor:
        """Return what the plugin offers.

        Raises
        ------
        PluginError
            When it is not there any more.
        """
        from skelconv.registry import load_registry

        found = load_registry().get(self.kind, self.use).descriptor
        assert isinstance(found, Descriptor)  # noqa: S101 (the kinds below are descriptors)
        return found

    def checked(self) -> Options:
        """Return its options as the plugin declares them."""
        return self.descriptor().options.model_validate(self.options)

    def make(self) -> Any:
        """Make what the plugin offers.

        Raises
        ------
        skelconv.SkelconvError
            When what it requires is not installed, or it cannot be made.
        """
        from skelconv.engine.pipeline import make_stage
        from skelconv.registry import load_registry

        return make_stage(self.kind, self.use, self.options, load_registry())

    def resources(self) -> Resources:
        """Return what one worker needs for it."""
        return self.descriptor().resources_for(self.checked())

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, value: Any) -> Any:
        return {"use": value} if isinstance(value, str) else value

    @field_validator("use")
    @classmethod
    def _find(cls, use: str) -> str:
        from skelconv.registry import load_registry

        try:
            load_registry().get(cls.kind, use)
        except PluginError as error:
            raise ValueError(f"{error.what} ({error.hint})" if error.hint else error.what) from None
        return use

    @field_validator("options", mode="before")
    @classmethod
    def _check(cls, options: Any, info: ValidationInfo) -> Any:
        from skelconv.registry import load_registry

        if "use" not in info.data:
            return {}  # what is wrong is told already
        descriptor = load_registry().get(cls.kind, info.data["use"]).descriptor
        assert isinstance(descriptor, Descriptor)  # noqa: S101 (the kinds below are descriptors)
        checked = descriptor.options.model_validate({} if options is None else options)
        return checked.model_dump(mode="json", by_alias=True, round_trip=True, warnings=False)


class UseDetector(Use):
    """A detector and its options."""

    kind = "detector"


class UsePoseModel(Use):
    """A pose model and its options."""

    kind = "pose-model"


class UseTransform(Use):
    """A transform and its options."""

    kind = "transform"


class UseSplit(Use):
    """A split and its options."""

    kind = "split"


def uses(options: Options) -> Iterator[Use]:
    """Find the plugins in a plugin's options, at any depth.

    Parameters
    ----------
    options : Options
        Checked options.

    Yields
    ------
    Use
        Each, before those in its own options.
    """
    for value in values_in(options):
        if isinstance(value, Use):
            yield value
            yield from uses(value.checked())
