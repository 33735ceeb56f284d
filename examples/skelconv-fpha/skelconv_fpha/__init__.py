"""The First-Person Hand Action benchmark for skelconv."""
