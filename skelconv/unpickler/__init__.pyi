from .arrays import LazyArray, Span
from .limits import described
from .read import read_pickle

__all__ = ["LazyArray", "Span", "described", "read_pickle"]
