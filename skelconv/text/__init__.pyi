from .advice import nearest
from .commands import pip_install, skelconv_command
from .counts import counted
from .escaping import printable, shown
from .faults import as_text, one_line, reason_of, with_place
from .listing import listed
from .places import is_remote, name_at
from .secrets import without_secrets

__all__ = [
    "as_text",
    "counted",
    "is_remote",
    "listed",
    "name_at",
    "nearest",
    "one_line",
    "pip_install",
    "printable",
    "reason_of",
    "shown",
    "skelconv_command",
    "with_place",
    "without_secrets",
]
