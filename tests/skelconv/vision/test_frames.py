import numpy as np

from skelconv.vision import in_bgr


def test_red_and_blue_change_places_in_a_copy() -> None:
    frame = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    frame.flags.writeable = False
    turned = in_bgr(frame)
    assert turned.dtype == np.uint8
    np.testing.assert_array_equal(turned, frame[..., ::-1])
    assert turned.flags.c_contiguous
