"""Folders of files for tests."""

from collections.abc import Mapping
from pathlib import Path


def fill(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their paths in a folder, and return the folder."""
    root.mkdir(exist_ok=True)
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root
