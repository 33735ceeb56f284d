from .archives import MemberRef, ZipArchive, zip_content
from .caching import remove_old, user_cache
from .catalog import Catalog, Found, Ids, Ref
from .clip_files import ClipFiles, ClipFormat
from .decoding import decode, unpacked, unpacking
from .folders import Entry, stamp, walk
from .hdf5 import Hdf5, as_text, open_hdf5
from .joints import layout_of_joints, layout_with, layouts_of, match_joints
from .json_files import JsonFile, JsonPart
from .json_text import parse_json
from .labels import LabelRule, Labels, find_labels, number_labels, read_classes
from .mat_files import read_mat
from .npy import NpyHeader, npy_array, npy_header
from .options import LabelOptions, LabelPattern, LabelsOption, RootOptions, Units, pattern_with
from .outputs import output_digest, recorded_output
from .reading import Budget, open_regular, read, read_bytes, read_json, read_text
from .samples import Samples
from .tables import Cell, csv_rows, read_rows, read_table, rows_in, separator_of
from .trying import Tried, try_some
from .units import to_pixels
from .writing import write_whole

__all__ = [
    "Budget",
    "Catalog",
    "Cell",
    "ClipFiles",
    "ClipFormat",
    "Entry",
    "Found",
    "Hdf5",
    "Ids",
    "JsonFile",
    "JsonPart",
    "LabelOptions",
    "LabelPattern",
    "LabelRule",
    "Labels",
    "LabelsOption",
    "MemberRef",
    "NpyHeader",
    "Ref",
    "RootOptions",
    "Samples",
    "Tried",
    "Units",
    "ZipArchive",
    "as_text",
    "csv_rows",
    "decode",
    "find_labels",
    "layout_of_joints",
    "layout_with",
    "layouts_of",
    "match_joints",
    "npy_array",
    "npy_header",
    "number_labels",
    "open_hdf5",
    "open_regular",
    "output_digest",
    "parse_json",
    "pattern_with",
    "read",
    "read_bytes",
    "read_classes",
    "read_json",
    "read_mat",
    "read_rows",
    "read_table",
    "read_text",
    "recorded_output",
    "remove_old",
    "rows_in",
    "separator_of",
    "stamp",
    "to_pixels",
    "try_some",
    "unpacked",
    "unpacking",
    "user_cache",
    "walk",
    "write_whole",
    "zip_content",
]
