"""BABEL's action recognition sets, 60 and 120 classes: clips, labels and split."""
