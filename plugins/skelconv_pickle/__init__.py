"""Annotation pickles and Kinetics-400's kpfiles, as the trainers read them."""
