"""MediaPipe's whole body without the face: BlazePose, then the left and the right hand."""

from __future__ import annotations

from skelconv_layouts import bodies
from skelconv_layouts.hands_and_faces import HAND, HAND_PARENTS
from skelconv_layouts.trees import SIDES, layout, one_side

_BODY = bodies.BLAZEPOSE33.joints

# The order in which MediaPipe's Holistic solution lists its parts, but for the face between body
# and hands. Its hands are numbered as those of OpenPose: the wrist, then each finger from the
# thumb on, from the palm to the tip.
BLAZEPOSE75 = layout(
    "blazepose75",
    "BlazePose and both hands, as in MediaPipe's Holistic: 75 keypoints",
    (*_BODY, *(joint for side in SIDES for joint in one_side(side, HAND))),
    {_BODY[joint]: _BODY[parent] for joint, parent in bodies.BLAZEPOSE33.bones} | HAND_PARENTS,
    limbs=(
        *((_BODY[joint], _BODY[other]) for joint, other in bodies.BLAZEPOSE33.limbs),
        *HAND_PARENTS.items(),
    ),
    origin="Grishchenko and Bazarevsky, MediaPipe Holistic (2020): pose, left hand, right hand",
)
