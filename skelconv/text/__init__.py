"""Words for messages: counts, commands, the nearest right name, exceptions in one line, safe text.

``__init__.pyi`` lists the names.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
