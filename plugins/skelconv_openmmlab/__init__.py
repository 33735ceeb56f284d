"""Detectors of MMDetection and pose models of MMPose, which made the published skeletons."""
