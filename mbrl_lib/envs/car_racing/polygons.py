"""Polygons as pygame draws them with `gfxdraw`, to the pixel, all of a frame in one compiled call.

Gymnasium draws each polygon twice: its edges smoothed (`aapolygon`), then its inside
(`filled_polygon`). That is half the time of a frame, since pygame asks of every single pixel what
format it has and whether it is within the picture. The rules here are those of SDL_gfx: edges after
Wu, blended in 256ths, insides by scan lines with 16 bits of fraction.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_UINT32 = 0xFFFFFFFF  # SDL_gfx's fractions wrap round: that is how it sees that a step is due
_HALF = 1 << 15
_RED_BLUE, _GREEN = 0xFF00FF, 0x00FF00


@njit(cache=True)
def draw_polygons(pixels, corners, colours, top):
    """Draw polygons on one another, each with smoothed edges.

    Parameters
    ----------
    pixels : np.ndarray, `(height, width)` of uint32, 0xRRGGBB; changed in place
    corners : np.ndarray, `(N, K, 2)` of int64, x to the right and y down, less than 32,768 apart
    colours : np.ndarray, `(N, 3)` of int64, 0 to 255
    top : int, the first row that is needed; those above stay as they are
    """
    height, width = pixels.shape
    flat = pixels.reshape(-1)
    crossings = np.empty(corners.shape[1], np.int64)
    for polygon in range(len(corners)):
        red, green, blue = colours[polygon, 0], colours[polygon, 1], colours[polygon, 2]
        colour = (red << 16) | (green << 8) | blue
        xs, ys = corners[polygon, :, 0], corners[polygon, :, 1]
        for corner in range(len(xs)):
            end = (corner + 1) % len(xs)
            ends = xs[corner], ys[corner], xs[end], ys[end]
            _draw_edge(flat, width, height, ends, colour, top)
        _fill(flat, width, height, xs, ys, crossings, colour, top)


@njit(cache=True)
def _fill(flat, width, height, xs, ys, crossings, colour, top):
    """The inside: on each row, from the first crossing with an edge to the second, and so on."""
    first, last = ys.min(), ys.max()
    for y in range(max(first, top), min(last, height - 1) + 1):
        found = 0
        for corner in range(len(xs)):
            x1, y1, x2, y2 = xs[corner - 1], ys[corner - 1], xs[corner], ys[corner]
            if y1 > y2:
                x1, y1, x2, y2 = x2, y2, x1, y1
            if y1 <= y < y2 or (y == last and y1 < y == y2):
                crossing = ((y - y1) << 16) // (y2 - y1) * (x2 - x1) + (x1 << 16)
                place = found
                while place > 0 and crossings[place - 1] > crossing:
                    crossings[place] = crossings[place - 1]
                    place -= 1
                crossings[place] = crossing
                found += 1
        for pair in range(0, found - 1, 2):
            left = (crossings[pair] + 1 + _HALF) >> 16
            right = (crossings[pair + 1] - 1 + _HALF) >> 16
            if left > right:
                left, right = right, left
            left, right = max(left, 0), min(right, width - 1)
            if left <= right:
                flat[y * width + left : y * width + right + 1] = colour


@njit(cache=True)
def _draw_edge(flat, width, height, ends, colour, top):
    """One edge without its second end: at every step the two pixels beside it are blended."""
    seen, x1, y1, x2, y2 = _clipped(ends, width - 1, height - 1)
    if not seen:
        return
    if y1 >= top:
        flat[np.uint64(y1 * width + x1)] = colour
    if y1 > y2:
        x1, y1, x2, y2 = x2, y2, x1, y1
    across, down = abs(x2 - x1), y2 - y1
    if down == 0:
        if y1 >= top:
            flat[y1 * width + min(x1, x2) : y1 * width + max(x1, x2) + 1] = colour
        return
    if across == 0:
        for y in range(max(y1, top), y2 + 1):
            flat[np.uint64(y * width + x1)] = colour
        return
    sideways = 1 if x2 > x1 else -1
    if down > across:
        share, steps = (across << 16) // down << 16, down
        x_each, y_each, x_due, y_due = 0, 1, sideways, 0
    else:
        share, steps = (down << 16) // across << 16 & _UINT32, across
        x_each, y_each, x_due, y_due = sideways, 0, 0, 1
    x, y, fraction = x1, y1, 0
    for _ in range(steps - 1):
        before, fraction = fraction, (fraction + share) & _UINT32
        x, y = x + x_each, y + y_each
        if fraction <= before:
            x, y = x + x_due, y + y_due
        weight = fraction >> 24
        if y >= top:
            _blend(flat, y * width + x, colour, 255 - weight)
        x_next, y_next = x + x_due, y + y_due
        if y_next >= top and 0 <= x_next < width and y_next < height:
            _blend(flat, y_next * width + x_next, colour, weight)


@njit(cache=True)
def _blend(flat, place, colour, weight):
    """`weight` of 256 parts of `colour`, of which SDL_gfx takes 255 256ths; all rounded down."""
    alpha = (255 * weight) >> 8
    under = np.int64(flat[np.uint64(place)])
    red_blue = (under & _RED_BLUE) * (256 - alpha) + (colour & _RED_BLUE) * alpha
    green = (under & _GREEN) * (256 - alpha) + (colour & _GREEN) * alpha
    flat[np.uint64(place)] = (red_blue >> 8 & _RED_BLUE) | (green >> 8 & _GREEN)


@njit(cache=True)
def _outside(x, y, right, bottom):
    """Where a point is, one bit for each side that it is beyond: left, right, below, above."""
    return (x < 0) | (x > right) << 1 | (y > bottom) << 2 | (y < 0) << 3


@njit(cache=True)
def _clipped(ends, right, bottom):
    """Whether any of an edge is within the picture, and what, after Cohen and Sutherland.

    Its ends are rounded towards the old ones, in single precision, and may change places.
    """
    x1, y1, x2, y2 = ends
    while True:
        one, two = _outside(x1, y1, right, bottom), _outside(x2, y2, right, bottom)
        if one & two:
            return False, x1, y1, x2, y2
        if not one | two:
            return True, x1, y1, x2, y2
        if not one:
            x1, y1, x2, y2, one = x2, y2, x1, y1, two
        slope = np.float32(1)
        if x1 != x2:
            slope = np.float32(y2 - y1) / np.float32(x2 - x1)
        if one & 3:
            edge = 0 if one & 1 else right
            y1 += int(np.float32(edge - x1) * slope)
            x1 = edge
        else:
            edge = bottom if one & 4 else 0
            if x1 != x2:
                x1 += int(np.float32(edge - y1) / slope)
            y1 = edge
