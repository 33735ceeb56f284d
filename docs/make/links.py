"""Links: those between files of the repository become links between pages of the site.

On the site, names of plugins, recipes and commands are links too. Pages that are made do not exist
in the repository, so what is written by hand cannot link to them.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Mapping

# Files of the repository that have another name on the site.
_NAMES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "report-security.md",
    "examples": "examples/index.md",
    "skelconv/plugin/hookspecs.py": "api/plugin.md",
    "skelconv/plugin/interfaces": "kinds/index.md",
}
_LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")
_PICTURE = re.compile(r"(!\[[^\]]*\]\()(?!\w+:)([^)\s]+)\)")
_CODE = re.compile(r"(?<![\[`\w])`([^`\n]+)`(?![`\]])")
_FENCE = re.compile(r"^( *)(```|~~~)")


class Links:
    """Rewrites links.

    Parameters
    ----------
    made : mapping of str to str
        The pages that are made, by their names.
    """

    def __init__(self, made: Mapping[str, str]) -> None:
        plugins = [name for name in made if name.startswith("kinds/") and name.count("/") == 2]
        stems = {name: posixpath.basename(name).removesuffix(".md") for name in plugins}
        offers = Counter(stems.values())
        # A word such as `list` or `random` is not always a plugin's name.
        self._pages = {
            stem: name
            for name, stem in stems.items()
            if offers[stem] == 1 and re.search(r"[-\d]", stem)
        }
        for name in made:
            if name.startswith("shipped/"):
                self._pages[name.removeprefix("shipped/").removesuffix(".md")] = name
            if name.startswith("commands/"):
                self._pages[f"skelconv {posixpath.basename(name).removesuffix('.md')}"] = name

    def name(self, file: str) -> str:
        """Return what a file of the repository is called on the site."""
        name = _NAMES.get(file, file.removeprefix("docs/"))
        # The page of a kind of plugin is above those of its plugins.
        return re.sub(r"^kinds/(?!index)([\w-]+)\.md$", r"kinds/\1/index.md", name)

    def on_site(self, file: str, text: str) -> str:
        """Return the text of a file of the repository as it is on the site."""
        page = self.name(file)
        here = posixpath.dirname(page)

        def target(written: str) -> str:
            found = posixpath.normpath(posixpath.join(posixpath.dirname(file), written))
            return posixpath.relpath(self.name(found), here or ".")

        def link(match: re.Match[str]) -> str:
            shown, written, anchor = match[1], match[2], match[3] or ""
            found = posixpath.normpath(posixpath.join(posixpath.dirname(file), written))
            example = re.fullmatch(r"(examples/[^/]+)(?:/README\.md)?", found)
            if example:
                return f"[{shown}]({posixpath.relpath(example[1] + '.md', here or '.')})"
            if found in _NAMES or found.startswith("docs/"):
                return f"[{shown}]({target(written)}{anchor})"
            # What is no page is named, so that one finds it in the repository.
            return shown if found in shown else f"{shown} (`{found}`)"

        def code(match: re.Match[str]) -> str:
            found = self._pages.get(match[1], page)
            if found == page:
                return match[0]
            return f"[{match[0]}]({posixpath.relpath(found, here or '.')})"

        lines, fenced = [], False
        for line in text.split("\n"):
            if _FENCE.match(line):
                fenced = not fenced
            elif not fenced:
                line = _PICTURE.sub(lambda match: f"{match[1]}{target(match[2])})", line)
                line = _LINK.sub(link, line)
                if not line.startswith("#"):
                    line = _CODE.sub(code, line)
            lines.append(line)
        return "\n".join(lines)
