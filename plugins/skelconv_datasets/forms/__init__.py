"""The forms of datasets' files: one module for each, which parses a file and has the facts."""
