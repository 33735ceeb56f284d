"""skelconv builds datasets for skeleton-based action recognition.

The names that users need are here; ``__init__.pyi`` lists them. Plugin authors find theirs in
`skelconv.plugin`, `skelconv.vision`, `skelconv.files`, `skelconv.unpickler`, `skelconv.text` and
`skelconv.testing`, and PyTorch users in `skelconv.torch`.

A name is imported when it is first used, so ``import skelconv`` costs next to nothing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
# `from skelconv import *` leaves Python's own `open` as it is.
__all__.remove("open")
