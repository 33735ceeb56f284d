"""Splits and labels from lists: csv, patterns, FineGYM, UCF101, HMDB51, Kinetics, Diving48."""
