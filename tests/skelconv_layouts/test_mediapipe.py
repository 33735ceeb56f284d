from skelconv_layouts.bodies import BLAZEPOSE33
from skelconv_layouts.mediapipe import BLAZEPOSE75
from skelconv_layouts.openpose import OPENPOSE67


def test_body_and_hands_are_those_of_the_other_layouts() -> None:
    assert BLAZEPOSE75.joints[:33] == BLAZEPOSE33.joints
    assert BLAZEPOSE75.joints[33:] == OPENPOSE67.joints[25:]
    assert set(BLAZEPOSE33.bones) <= set(BLAZEPOSE75.bones)
    assert set(BLAZEPOSE33.limbs) <= set(BLAZEPOSE75.limbs)


def test_hands_hang_on_their_wrists() -> None:
    """MediaPipe's numbers: wrist 0; thumb 1 to 4; the fingers begin at 5, 9, 13 and 17."""
    bones = dict(BLAZEPOSE75.bones)
    for start, side in ((33, "left"), (54, "right")):
        assert bones[start] == BLAZEPOSE75.joints.index(f"{side}_wrist")
        for first in (1, 5, 9, 13, 17):
            assert [bones[start + first + more] - start for more in range(4)] == [
                0,
                *range(first, first + 3),
            ]
    assert {(33 + joint, 54 + joint) for joint in range(21)} <= set(BLAZEPOSE75.pairs)
