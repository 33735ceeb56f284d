"""``skelconv doctor``: checks of this machine and of what is installed."""
