"""Polygons drawn by one compiled call are pygame's own, to the pixel."""

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygame import gfxdraw

from mbrl_lib.envs.car_racing.polygons import draw_polygons

WIDTH, HEIGHT = 60, 40
UNDER = (10, 20, 30)
_BEFORE = 0x0A141E  # the same as one number


def _theirs(corners, colours):
    surface = pygame.Surface((WIDTH, HEIGHT), depth=32)
    surface.fill(UNDER)
    for shape, colour in zip(corners.tolist(), colours.tolist(), strict=True):
        gfxdraw.aapolygon(surface, shape, colour)
        gfxdraw.filled_polygon(surface, shape, colour)
    pixels = np.frombuffer(surface.get_buffer(), np.uint32).reshape(HEIGHT, WIDTH)
    return pixels & 0xFFFFFF  # the fourth byte says nothing


def _ours(corners, colours, top=0):
    pixels = np.full((HEIGHT, WIDTH), _BEFORE, np.uint32)
    draw_polygons(pixels, corners, colours, top)
    return pixels


@st.composite
def polygons(draw):
    """Some of one number of corners: small, as large as the picture, or far beyond it."""
    count, corners = draw(st.integers(1, 3)), draw(st.integers(3, 5))
    reach = draw(st.sampled_from([4, 40, 200, 16_000]))
    numbers = st.integers(-reach, reach)
    shape = (count, corners, 2)
    points = draw(st.lists(numbers, min_size=count * corners * 2, max_size=count * corners * 2))
    colours = draw(st.lists(st.integers(0, 255), min_size=3 * count, max_size=3 * count))
    middle = [WIDTH // 2, HEIGHT // 2]
    return np.reshape(points, shape) + middle, np.reshape(colours, (count, 3))


@settings(deadline=None, max_examples=300)  # the first call compiles
@given(polygons())
def test_every_pixel_is_pygames(drawn):
    assert np.array_equal(_ours(*drawn), _theirs(*drawn))


@settings(deadline=None)
@given(polygons(), st.integers(0, HEIGHT))
def test_rows_above_the_first_needed_stay_as_they_are(drawn, top):
    got = _ours(*drawn, top)
    assert np.array_equal(got[top:], _theirs(*drawn)[top:])
    assert (got[:top] == _BEFORE).all()


@pytest.mark.parametrize(
    "shape",
    [
        [(5, 5), (30, 5), (30, 20), (5, 20)],  # level and upright edges
        [(5, 5), (25, 25), (5, 25)],  # an edge at 45 degrees, where the fraction wraps at once
        [(5, 5), (5, 5), (5, 5)],  # a point
        [(50, 8), (10, 8), (20, 8)],  # flat, led back to the left
        [(-20, -20), (200, -20), (200, 200), (-20, 200)],  # all around the picture
    ],
)
def test_special_edges_are_pygames(shape):
    drawn = np.array([shape]), np.array([(200, 100, 0)])
    assert np.array_equal(_ours(*drawn), _theirs(*drawn))
