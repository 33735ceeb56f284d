"""What the sources take files for, for ``skelconv init --from``."""
