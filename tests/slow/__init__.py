"""Kills commands at moments chosen by chance, and looks at what they leave.

    pytest tests/slow --seed 0 --seeds 20

It is not part of the ordinary run, which has a sample of it. Each case is tried with `--seeds`
seeds, from `--seed` on, and has one to five kills with each; -k chooses cases.
"""
