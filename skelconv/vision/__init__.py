"""Toolkit of plugins that run models on video: devices, batches, boxes, weights.

``__init__.pyi`` lists the names for plugin authors.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
