"""The version of skelconv, which the build takes from git's tags."""

try:
    from skelconv._version import __version__
except ImportError:  # a tree that was not installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
