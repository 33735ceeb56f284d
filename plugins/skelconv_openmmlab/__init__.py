"""Detectors of MMDetection and pose models of MMPose: what the published skeletons come from."""
