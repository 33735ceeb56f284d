from .load import load_recipe
from .model import Expect, Recipe

__all__ = ["Expect", "Recipe", "load_recipe"]
