"""Recipes: what a dataset is built from, how, and what it must come to."""

from skelconv.recipe.load import load_recipe
from skelconv.recipe.model import Expect, Recipe, Stage

__all__ = ["Expect", "Recipe", "Stage", "load_recipe"]
