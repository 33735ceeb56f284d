"""A small registry, and a way to load recipes with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, field_validator

from skelconv import RecipeError, load_recipe
from skelconv.plugin import Options
from skelconv.plugin.descriptors import SinkPlugin, SourcePlugin, SplitPlugin, TransformPlugin
from skelconv.plugin.loading import registry_in_use
from skelconv.plugin.registry import Offer, Registry
from skelconv.recipe import Recipe


class Box(BaseModel, extra="forbid"):
    low: float = 0
    high: float = Field(1, gt=0)


class FolderOptions(Options):
    root: str | list[str] = Field(description="Where the files are.")
    workers: int = Field(1, ge=1)
    actions: list[int] | None = None
    rename: dict[int, str] = Field({})
    box: Box = Box()

    @field_validator("root")
    @classmethod
    def _is_not_empty(cls, root: str | list[str]) -> str | list[str]:
        if not root:
            raise ValueError("name at least one folder")
        return root


class SmoothOptions(Options):
    profile: Literal["mean", "median"] = "mean"
    exact: bool = False
    factor: float = 1.0


class CameraOptions(Options):
    code: Annotated[str, Field(pattern="^[a-z]+$", examples=["ab", "cd"])] = "x"
    plain: str = Field("x", pattern="^[a-z]+$")
    codes: tuple[Annotated[str, Field(pattern="^[a-z]+$", examples=["ab"])], ...] = Field(
        ("x",), min_length=1
    )
    folder: PurePath = PurePath()
    box: Box = Box()
    boxes: dict[str, list[Box]] = Field({})


class FileOptions(Options):
    path: str


class FaultyOptions(Options):
    path: str

    @field_validator("path")
    @classmethod
    def _fail(cls, path: str) -> str:
        raise ZeroDivisionError("oh")


def _create(options: Options) -> Options:
    return options


@pytest.fixture(autouse=True)
def registry() -> Iterator[Registry]:
    plugins = [
        SourcePlugin(name="folder", summary="", options=FolderOptions, create=_create),
        SourcePlugin(name="camera", summary="", options=CameraOptions, create=_create),
        SourcePlugin(name="bare", summary="", create=_create, requires=(("no_such", "nosuch"),)),
        TransformPlugin(name="smooth", summary="", options=SmoothOptions, create=_create),
        SplitPlugin(name="half", summary="", create=_create),
        SinkPlugin(name="file", summary="", options=FileOptions, create=_create),
        SinkPlugin(name="faulty", summary="", options=FaultyOptions, create=_create),
    ]
    offers = [Offer(plugin.kind, plugin, "acme", "1") for plugin in plugins]
    twin = SourcePlugin(name="twin", summary="", create=_create)
    offers += [Offer("source", twin, "acme", "1"), Offer("source", twin, "other", "2")]
    registry = Registry(offers)
    with registry_in_use(registry):
        yield registry


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Recipe]:
    """Load a recipe from text, or from several files of which ``recipe.yaml`` is the one."""
    monkeypatch.chdir(tmp_path)

    def load(
        recipe: str | bytes | Mapping[str, str],
        overrides: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> Recipe:
        files = recipe if isinstance(recipe, Mapping) else {"recipe.yaml": recipe}
        for name, text in files.items():
            Path(name).parent.mkdir(exist_ok=True, parents=True)
            content = text if isinstance(text, bytes) else text.encode()
            Path(name).write_bytes(content)
        return load_recipe("recipe.yaml", overrides, environ=environ or {})

    return load


@pytest.fixture
def problems(load: Callable[..., Recipe]) -> Callable[..., list[str]]:
    """Load what cannot be loaded, and return what is said of it."""

    def problems(*args: object, **kwargs: object) -> list[str]:
        with pytest.raises(RecipeError) as caught:
            load(*args, **kwargs)
        return [str(problem) for problem in caught.value.problems]

    return problems
