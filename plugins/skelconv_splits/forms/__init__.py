"""One module per format of lists: from texts to `skelconv_splits.rows.Row`."""
