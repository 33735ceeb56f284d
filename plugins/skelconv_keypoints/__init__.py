"""Keypoints of animals and of signs: DeepLabCut, SLEAP and pose-format."""
