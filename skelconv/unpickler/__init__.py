"""Reads pickles without running what is in them.

A pickle is a program, and `pickle.load` runs it: whoever made the file decides what happens. The
interpreter here knows the part of that language that plain data and NumPy arrays need. A pickle
can *name* things, but nothing is looked up by that name: the few names that are known mean
functions of `names`, and all others are refused.

Python's own unpickler can be given a list of admitted names, but that is not enough for files
from anywhere: it sets memory aside by numbers in the file (a memo index of 2**31 takes 16 GiB),
hands hostile states to NumPy's C code, and cannot say where in the file the fault is. It also
loads all the data, and these files are as large as memory. Here arrays stay in the file: what is
returned says where they are (`LazyArray`). So an annotation pickle opens in the time that its
structure takes, some 30 microseconds an annotation, with a memory that does not hold its data.

Memory and time are bounded by the size of the file: nothing is set aside by a number in it,
arrays cannot be larger than the bytes they have, and what opcodes may allocate is counted before
they are carried out (`skelconv.data.budget`). The most that a file can do is some 32 times its
size and 32 MiB. What comes back can be walked through safely (see `read_pickle`), but a file may
refer to one array many times: `load_all` counts these as well.

``__init__.pyi`` lists the names.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
