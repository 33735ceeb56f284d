"""Fuzzers for all that reads files from anywhere.

``python tests/fuzz TARGET`` runs one by hand; `test_fuzz.py` runs each for a moment.
"""
