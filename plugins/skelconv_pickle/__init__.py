"""Annotation pickles, Kinetics-400's kpfiles and npz archives, as the trainers read them."""
