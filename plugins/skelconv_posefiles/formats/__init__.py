"""One module per format: from the bytes of a file to `skelconv_posefiles.poses.PoseSequence`.

A new format also needs its options in `options.py` and a `SourcePlugin` in `plugin.py`.
"""
