from .arrays import LazyArray, Span, load_all
from .limits import described
from .read import read_pickle

__all__ = ["LazyArray", "Span", "described", "load_all", "read_pickle"]
