from .advice import nearest
from .counts import counted
from .escaping import printable, shown
from .faults import as_text, one_line, reason_of, with_place
from .secrets import without_secrets

__all__ = [
    "as_text",
    "counted",
    "nearest",
    "one_line",
    "printable",
    "reason_of",
    "shown",
    "with_place",
    "without_secrets",
]
