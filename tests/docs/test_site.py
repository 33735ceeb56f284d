"""The pages of the site: everything has its place, and every link leads somewhere."""

import posixpath
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from skelconv.cli.app import run
from skelconv.plugin import hookspecs
from skelconv.plugin.descriptors import Descriptor
from skelconv.plugin.loading import load_registry
from skelconv.plugin.offering import KINDS
from skelconv.recipe.finding import shipped_recipes
from skelconv.recipe.shipped import facts_of

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
OWN = [offer for offer in load_registry().offers if offer.distribution == "skelconv"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("site") / "pages"
    command = [sys.executable, str(ROOT / "docs/make"), str(folder)]
    subprocess.run(command, check=True)
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.md")}


def written(text: str) -> str:
    """What is not code."""
    return re.sub(r"^( *)```.*?^\1```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    found = set()
    for heading in re.findall(r"^#+ (.*)$", written(text), re.MULTILINE):
        named = re.search(r"\{#([\w-]+)\}$", heading)
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain).strip().lower().replace(" ", "-")
        found.add(named[1] if named else slug)
    return found


def test_links_between_pages_lead_somewhere(pages: dict[str, str]) -> None:
    pictures = {f"pictures/{path.name}" for path in (ROOT / "docs/pictures").iterdir()}
    count = 0
    for page, text in pages.items():
        for name, anchor in LINK.findall(written(text)):
            found = posixpath.normpath(posixpath.join(posixpath.dirname(page), name or "."))
            target = found if name else page
            assert target in pages or target in pictures, f"{page}: {name}"
            assert not anchor or anchor in anchors(pages[target]), f"{page}: {name}#{anchor}"
            count += 1
    assert count > 500


def in_nav(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    items = nav.values() if isinstance(nav, dict) else nav
    return [name for item in items for name in in_nav(item)]


def test_every_page_is_in_the_navigation_once(pages: dict[str, str]) -> None:
    # What YAML calls Python objects is for Zensical alone.
    text = re.sub(r"!!python\S+", "", (ROOT / "mkdocs.yml").read_text())
    names = []
    for name in in_nav(yaml.safe_load(text)["nav"]):
        if name.endswith("/"):
            told = LINK.findall(pages[f"{name}SUMMARY.md"])
            names += [f"{name}{page}" for page, _ in told]
        else:
            names.append(name)
    assert len(set(names)) == len(names)
    shown = {page for page in pages if not page.endswith("SUMMARY.md")}
    assert set(names) == shown


@pytest.mark.parametrize("offer", OWN, ids=lambda offer: f"{offer.kind}-{offer.name}")
def test_every_plugin_has_a_page_with_all_its_options(offer, pages: dict[str, str]) -> None:
    page = pages[f"kinds/{offer.kind}/{offer.name}.md"]
    assert " ".join(offer.descriptor.summary.split()) in page
    if not isinstance(offer.descriptor, Descriptor):  # a layout
        assert all(f"`{joint}`" in page for joint in offer.descriptor.joints)
        return
    for name, option in offer.descriptor.options.model_fields.items():
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert ("| required |" in row) == option.is_required()
    for _, needed in offer.descriptor.requires:
        assert "pip install" in page, needed


@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_every_recipe_has_a_page_and_is_named_on_another(name: str, pages: dict[str, str]) -> None:
    assert shipped_recipes()[name].read_text().rstrip() in pages[f"shipped/{name}.md"]
    assert f"]({name}.md) |" in pages["shipped/index.md"]
    needs = facts_of(shipped_recipes()[name]).needs
    assert all(f"- {one}\n" in pages[f"shipped/{name}.md"] for one in needs)
    written = [page for page in pages if not page.startswith(("shipped/", "kinds/"))]
    shown = "`published/...`" if name.startswith("published/") else f"`{name}`"
    told = (shown, f"skelconv build {name}`", f"(or `{name}`)")
    assert any(one in pages[page] for page in written for one in told)


def test_every_command_has_a_page(
    pages: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "92")
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2]
    names = re.findall(r"^  (\S+)  ", listed, re.MULTILINE)
    assert "build" in names
    assert {f"commands/{name}.md" for name in names} == {
        page for page in pages if re.match(r"commands/(?!index|SUMMARY)", page)
    }
    for name in names:
        assert run([name, "--help"]) == 0
        options = re.findall(r"^  (?:-\w, )?(--[\w-]+)", capsys.readouterr().out, re.MULTILINE)
        assert "--help" in options
        assert all(option in pages[f"commands/{name}.md"] for option in options)


def test_every_hook_and_kind_has_its_place(pages: dict[str, str]) -> None:
    hooks = [name for name in vars(hookspecs) if name.startswith("skelconv_")]
    assert len(hooks) == len(KINDS)
    for name in hooks:
        assert f"`{name}`" in pages["kinds/index.md"]
    for kind in KINDS:
        page = (ROOT / f"docs/kinds/{kind}.md").read_text()
        assert "## Example" in page
        assert "## Test" in page
        told = pages[f"kinds/{kind}/index.md"]
        assert told.startswith(page.partition("\n")[0])
        assert "\n::: skelconv." in told


def test_what_is_shown_of_the_api_is_there_and_public(pages: dict[str, str]) -> None:
    shown = set()
    for page, text in pages.items():
        for path in re.findall(r"^::: (\S+)$", text, re.MULTILINE):
            module, _, name = path.rpartition(".")
            if module != "skelconv.torch":  # it needs PyTorch
                assert hasattr(import_module(module), name), f"{page}: {path}"
            shown.add(path)
    for module in ("skelconv", "skelconv.plugin", "skelconv.testing", "skelconv.vision"):
        public = import_module(module)
        names = [name for name in public.__all__ if not name.startswith("__")]
        assert {f"{module}.{name}" for name in names} <= shown


def test_the_picture_shows_the_layers_that_are_held() -> None:
    sys.path.insert(0, str(ROOT / "docs/pictures"))
    try:
        house = import_module("house")
    finally:
        sys.path.pop(0)
    assert house.PICTURE.read_text() == house.drawn(), "python docs/pictures/house.py"
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    allowed = {"plugin", "vision", "files", "unpickler", "text", "testing"}
    (surface,) = (c for c in told["contracts"] if "declared surface" in c["name"])
    closed = {name.split(".")[1] for name in surface["forbidden_modules"] if name.count(".") == 1}
    assert allowed == house.OPEN
    assert not allowed & closed
