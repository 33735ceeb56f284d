"""Own data in a folder: which files are clips, what they are called, and their labels.

For plugins that are sources of such data.
"""

from skelconv.listing.options import LabelOptions

__all__ = ["LabelOptions"]
