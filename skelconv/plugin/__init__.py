"""What a plugin is made of: hooks, descriptors, options, and the interface of each kind.

``__init__.pyi`` lists the names for plugin authors. `stages` describes what each kind must do.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
