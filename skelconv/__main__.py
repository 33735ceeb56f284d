"""``python -m skelconv``."""

from skelconv.cli import main

main()
