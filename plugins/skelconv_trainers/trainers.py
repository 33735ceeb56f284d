"""What the training codes need of a dataset.

Their files say it: ``FormatGCNInput`` of MMAction2 and PYSKL, and CTR-GCN's feeder, take the first
two rows of persons; ``Graph`` knows three layouts of bodies, by the number of their joints alone;
``GeneratePoseTarget`` draws all persons into one volume with a channel for each joint, of which
the configs say how many there are, and which to exchange when an image is mirrored.
"""

from __future__ import annotations

from skelconv.plugin import Trainer

# Without img_shape, PreNormalize2D takes 1080 x 1920 for it, and says nothing.
_IN_2D = {2: ("keypoint_score", "img_shape")}

POSEC3D = Trainer(
    layouts=("coco17",),
    adapt="in_channels, left_kp and right_kp",
    coordinates=(2,),
    needs=_IN_2D,
)
STGCN = Trainer(layouts=("ntu25", "coco17", "openpose18"), persons=2, needs=_IN_2D)
CTRGCN = Trainer(layouts=("ntu25",), coordinates=(3,), persons=2)
