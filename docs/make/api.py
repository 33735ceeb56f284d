"""A page for each module of which others use the names; mkdocstrings fills them."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "skelconv"
MODULES = {
    "skelconv": "What a user needs: build, open, convert, verify; a clip and its layout.",
    "skelconv.torch": "Datasets as tensors; it needs PyTorch.",
    "skelconv.plugin": "What a plugin is made with: hooks, descriptors, options, interfaces.",
    "skelconv.testing": "Checks for the tests of a plugin.",
    "skelconv.files": "For plugins that read files: folders, tables, labels, ids.",
    "skelconv.vision": "For plugins that run models: devices, batches, boxes, weights.",
    "skelconv.unpickler": "Reads pickles without running them.",
    "skelconv.text": "Words for messages.",
}


def names(module: str) -> list[str]:
    """Return the public names of a module, without importing it."""
    path = PACKAGE.joinpath(*module.split(".")[1:])
    file = path / "__init__.pyi" if path.is_dir() else path.with_suffix(".py")
    content = ast.parse(file.read_text()).body
    for node in content:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [name for name in ast.literal_eval(node.value) if not name.startswith("__")]
    defined = [node.name for node in content if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [name for name in defined if not name.startswith("_")]


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    rows = [f"| [`{one}`]({_page(one)}) | {about} |" for one, about in MODULES.items()]
    index = ["# The Python API", "", "| module | |", "| --- | --- |", *rows, ""]
    nav = ["- [The Python API](index.md)", *(f"- [{one}]({_page(one)})" for one in MODULES)]
    made = {"api/index.md": "\n".join(index), "api/SUMMARY.md": "\n".join(nav)}
    for module, about in MODULES.items():
        lines = [f"# {module}", "", about, ""]
        for name in names(module):
            lines += [f"::: {module}.{name}", ""]
        made[f"api/{_page(module)}"] = "\n".join(lines)
    return made


def _page(module: str) -> str:
    return f"{module.rpartition('.')[2]}.md"
