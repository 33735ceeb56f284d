"""Recipes: what a dataset is built from, how, and which counts are expected.

``__init__.pyi`` lists the names. One is imported when it is first used: completion in a shell finds
the names of recipes, and must not wait for all that checks a recipe.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
