"""Draws the house, house.svg beside this file, by the layers of pyproject.toml.

python docs/pictures/house.py
"""

import tomllib
from pathlib import Path

PICTURE = Path(__file__).with_suffix(".svg")
WIDTH, ROW, GAP = 760, 46, 8

ABOUT = {
    "cli": "a file for each command",
    "viewer": "skelconv view, reports",
    "doctor": "skelconv doctor",
    "new_plugin": "templates",
    "pictures": "skelconv viz",
    "testing": "for authors",
    "torch": "tensors",
    "datasets": "open, verify, convert, merge, diff",
    "engine": "plan, workers, spool, assembly, provenance",
    "recipe": "from YAML to a checked recipe; JSON Schema",
    "vision": "for models",
    "files": "for files",
    "unpickler": "pickles, not run",
    "plugin": "hooks, descriptors, options, interfaces, registry",
    "data": "clip, layout, errors, opening of files",
    "text": "words for messages",
}
# Rooms that plugins may import from.
OPEN = {"plugin", "vision", "files", "unpickler", "text", "testing"}
PLUGINS = "sources · transforms · splits · sinks · readers · detectors · pose models · trainers · executors · checks · layouts"  # noqa: E501

STYLE = """
  text { font: 15px system-ui, sans-serif; fill: #1b1f24; }
  .name { font-weight: 600; }
  .about { font-size: 13px; fill: #57606a; }
  .room { fill: #f3f5f8; stroke: #8c959f; }
  .open { fill: #ddebfb; stroke: #3d78b8; }
  .plugins { fill: #fdf0d9; stroke: #c48a1c; }
"""


def floors() -> list[list[str]]:
    """Return the rooms from the roof down; imports go down only."""
    told = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    layers = told["tool"]["importlinter"]["contracts"][0]["layers"]
    return [layer.split(" | ") for layer in layers]


def drawn() -> str:
    """Return the picture as SVG."""
    house = floors()
    height = (len(house) + 2) * (ROW + GAP) + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>The rooms of skelconv, from the command line down to the words of messages</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
    ]
    y = 12
    for floor in house:
        wide = (WIDTH - 24 - GAP * (len(floor) - 1)) / len(floor)
        for place, name in enumerate(floor):
            x = 12 + place * (wide + GAP)
            kind = "room open" if name in OPEN else "room"
            parts += _room(x, y, wide, kind, name, ABOUT[name], stacked=len(floor) > 1)
        y += ROW + GAP
    y += GAP
    parts += _room(12, y, WIDTH - 24, "plugins", "plugins/skelconv_*, and yours", "", False, ROW)
    words = PLUGINS.split(" · ")
    for line, some in enumerate((words[:6], words[6:])):
        parts.append(
            f'<text class="about" x="28" y="{y + ROW + 6 + 18 * line}">{" · ".join(some)}</text>'
        )
    y += 2 * ROW + GAP
    parts.append(
        f'<text class="about" x="12" y="{y + 22}">Imports go down only. Plugins import from the '
        "blue rooms, and from skelconv itself, and never each other.</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _room(
    x: float,
    y: float,
    wide: float,
    kind: str,
    name: str,
    about: str,
    stacked: bool,
    more: int = 0,
) -> list[str]:
    first, second = (20, 37) if stacked else (28, 28)
    right = "" if stacked else ' text-anchor="end"'
    at = x + 16 if stacked else x + wide - 16
    return [
        f'<rect class="{kind}" x="{x:g}" y="{y}" width="{wide:g}" height="{ROW + more}" rx="6"/>',
        f'<text class="name" x="{x + 16:g}" y="{y + first}">{name}</text>',
        f'<text class="about" x="{at:g}" y="{y + second}"{right}>{about}</text>',
    ]


if __name__ == "__main__":
    PICTURE.write_text(drawn())
