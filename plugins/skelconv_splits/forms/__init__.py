"""A module a form of list: from texts to `skelconv_splits.rows.Row`."""
