from .catalog import Catalog, Found, Ids, Ref
from .folders import Entry, walk
from .labels import LabelRule, Labels, find_labels, read_classes
from .options import LabelOptions, LabelPattern, LabelsOption, pattern_with
from .reading import decode, parse_json, read, read_bytes, read_json, read_text
from .tables import Cell, read_rows, read_table, rows_in
from .writing import write_whole

__all__ = [
    "Catalog",
    "Cell",
    "Entry",
    "Found",
    "Ids",
    "LabelOptions",
    "LabelPattern",
    "LabelRule",
    "Labels",
    "LabelsOption",
    "Ref",
    "decode",
    "find_labels",
    "parse_json",
    "pattern_with",
    "read",
    "read_bytes",
    "read_classes",
    "read_json",
    "read_rows",
    "read_table",
    "read_text",
    "rows_in",
    "walk",
    "write_whole",
]
