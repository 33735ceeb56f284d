"""Transforms that make many clips of one: windows, segments of a table, a clip for each person."""
