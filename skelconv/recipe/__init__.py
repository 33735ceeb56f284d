"""Recipes: what a dataset is built from, how, and which counts are expected."""

from skelconv.recipe.load import load_recipe
from skelconv.recipe.model import Expect, Recipe

__all__ = ["Expect", "Recipe", "load_recipe"]
