"""Put the site's pages together in build/docs: ``python docs/make [FOLDER]``.

They are the pages of docs/, the texts of the top folder, and the pages that are made of what
skelconv itself says: its commands, recipes, plugins and Python names. Zensical makes HTML of them.
"""

import shutil
import sys
from pathlib import Path

import api
import commands
import kinds
import recipe_pages
from links import Links

ROOT = Path(__file__).parents[2]


_EXAMPLES = "Plugins as others write them, in distributions of their own, in the folder `examples`."


def pages() -> dict[str, str]:
    """Return the text of each page by its name within the folder of pages."""
    written = {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    }
    examples = {
        f"examples/{path.parent.name}.md": path.read_text()
        for path in sorted((ROOT / "examples").glob("*/README.md"))
    }
    made = kinds.pages() | recipe_pages.pages() | commands.pages() | api.pages()
    listed = [f"- [{Path(name).stem}]({Path(name).name})" for name in examples]
    made["examples/SUMMARY.md"] = "\n".join(["- [Examples](index.md)", *listed])
    made["examples/index.md"] = "\n".join(["# Examples", "", _EXAMPLES, "", *listed])
    links = Links(made)
    told = {links.name(name): links.on_site(name, text) for name, text in written.items()}
    told |= {name: links.on_site(name, text) for name, text in examples.items()}
    for name, text in made.items():
        # What is written by hand begins the page.
        told[name] = f"{told[name]}\n{text}" if name in told else text
    return told


def main(folder: Path) -> None:
    """Write the pages, and the pictures that they show."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copytree(
        ROOT / "docs/pictures", folder / "pictures", ignore=shutil.ignore_patterns("*.py", "__*")
    )
    shutil.copytree(ROOT / "docs/assets", folder / "assets")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/docs")
