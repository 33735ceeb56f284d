"""Small distributions to start a plugin from: names that may be taken, templates, and the files."""
