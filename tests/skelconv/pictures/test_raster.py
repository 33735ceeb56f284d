"""Shapes are where they should be, to a fraction of a pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.pictures.raster import paint
from skelconv.pictures.shapes import Border, Dot, Line, Text

BLACK = (0, 0, 0)
WHITE = np.full((40, 60, 3), 255, np.uint8)


def darkness(picture: np.ndarray) -> np.ndarray:
    return 1 - picture[..., 0] / 255.0


def middle(picture: np.ndarray) -> tuple[float, float]:
    dark = darkness(picture)
    y, x = np.mgrid[: dark.shape[0], : dark.shape[1]]
    return float((x * dark).sum() / dark.sum()), float((y * dark).sum() / dark.sum())


@given(x=st.floats(8, 50), y=st.floats(8, 30), radius=st.floats(1.5, 6))
def test_a_disc_has_its_middle_and_its_area(x: float, y: float, radius: float) -> None:
    picture = paint(WHITE, [Dot((x, y), radius, BLACK)])
    assert middle(picture) == pytest.approx((x, y), abs=0.2)
    assert darkness(picture).sum() == pytest.approx(np.pi * radius**2, rel=0.25)


@given(x0=st.floats(8, 50), y0=st.floats(8, 30), x1=st.floats(8, 50), y1=st.floats(8, 30))
def test_a_line_has_its_middle_and_its_width(x0: float, y0: float, x1: float, y1: float) -> None:
    picture = paint(WHITE, [Line((x0, y0), (x1, y1), 3.0, BLACK)])
    assert middle(picture) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2), abs=0.4)
    length = np.hypot(x1 - x0, y1 - y0)
    assert darkness(picture).sum() == pytest.approx(3 * length + np.pi * 1.5**2, rel=0.3)


def test_opacity_mixes_with_what_is_behind() -> None:
    picture = paint(WHITE, [Dot((20, 20), 5, BLACK, opacity=0.5)])
    assert picture[20, 20] == pytest.approx([127, 127, 127], abs=2)
    assert (picture[0, 0] == 255).all()


def test_the_edge_of_a_light_line_is_not_dark() -> None:
    picture = paint(WHITE, [Dot((20.3, 20.3), 5, (255, 0, 0))])
    assert (picture[..., 0] == 255).all()


def test_what_is_outside_is_cut_off() -> None:
    for shape in (Dot((-100, 5), 3, BLACK), Line((70, 5), (90, 8), 3, BLACK)):
        assert np.array_equal(paint(WHITE, [shape]), WHITE)
    assert darkness(paint(WHITE, [Line((-500, 20), (500, 20), 3, BLACK)]))[20].all()


def test_a_border_is_one_pixel_wide() -> None:
    dark = darkness(paint(WHITE, [Border((2, 3), 10, 5, BLACK)]))
    assert dark.sum() == 2 * 10 + 2 * 5 - 4
    assert dark[3, 2] == dark[7, 11] == 1


def test_text_is_drawn_and_the_ground_is_kept() -> None:
    before = WHITE.copy()
    assert darkness(paint(WHITE, [Text((2, 2), "clip", 12, BLACK)])).sum() > 10
    assert np.array_equal(WHITE, before)
