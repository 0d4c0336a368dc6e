"""Training frames: the track drawn once as a picture of the whole field, then warped at every step.

Gymnasium draws every polygon at 1000x800 pixels, shrinks the result to 96x96, and the paper crops
the bar of indicators and shrinks it once more, to 64x64 (`preprocess`). Here one affine warp of the
field's picture gives twice that size, by nearest neighbours, since what follows averages anyway:
the car is painted on it, and area averages give the frame.

Importing this module tells OpenCV to start no threads: on pictures this small they cost more CPU
time, waiting for one another, than all drawing does, and save none.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import cv2
import numpy as np
from gymnasium.envs.box2d import car_dynamics, car_racing

cv2.setNumThreads(1)

SIZE = 64  # pixels of a frame's side
_DETAIL = 2 * SIZE  # of the warped picture, before it is averaged
_SCALE = 3  # picture elements of the field per unit of length
_FIELD = car_racing.PLAYFIELD
_SHOWN = (car_racing.WINDOW_W, car_racing.WINDOW_H * 7 / 8)  # of the screen, without indicators
_BITS = 4  # of the fractions of a pixel in which OpenCV takes polygons
_CAR = (
    slice(98, 122),
    slice(54, 74),
)  # rows and columns of the detailed picture around the car
_ENLARGED = 8  # times that the car is painted larger
_HULL = 4  # its number among the car's parts, after the wheels
_ANGLES = 256  # steps of a whole turn in which wheels are painted
_ANGLE = 2 * math.pi / _ANGLES
_LEVELS = 6  # each half as large as the one before, for the opening zoom
# A polygon grows by half an element when it is filled, since its edge is filled too; on
# Gymnasium's screen as well, but there elements are smaller.
_GROWTH = 0.5 / _SCALE - 0.5 / (car_racing.ZOOM * car_racing.SCALE)


def preprocess(frame: np.ndarray) -> np.ndarray:
    """The paper's frame from Gymnasium's: the bar of indicators cut off, 64x64 by area averages.

    Parameters
    ----------
    frame : np.ndarray, `(96, 96, 3)` of uint8

    Returns
    -------
    np.ndarray, `(64, 64, 3)` of uint8

    Source: Ha and Schmidhuber (2018), appendix A.1; their code keeps rows 0 to 83.
    """
    frame = np.asarray(frame)
    if frame.shape != (96, 96, 3) or frame.dtype != np.uint8:
        raise ValueError(
            f"frame must be uint8 of shape (96, 96, 3); got {frame.dtype} of shape {frame.shape}"
        )
    return cv2.resize(frame[:84], (SIZE, SIZE), interpolation=cv2.INTER_AREA)


class FastFrames:
    """The 64x64 frames of one episode.

    Parameters
    ----------
    env : gymnasium.envs.box2d.car_racing.CarRacing, just reset
    """

    def __init__(self, env: car_racing.CarRacing) -> None:
        self._env = env
        levels = [_grass(*_rgb(env.bg_color), *_rgb(env.grass_color)).copy()]
        for corners, colour in env.road_poly:
            _fill(levels[0], _narrowed(corners), _seen(*_rgb(colour)), _SCALE)
        while len(levels) < _LEVELS:
            levels.append(cv2.pyrDown(levels[-1]))
        self._levels = levels
        corners_of = {id(colour): corners for corners, colour in env.road_poly}
        self._untouched = {
            tile.idx: _narrowed(corners_of[id(tile.color)])
            for tile in env.road
            if tuple(tile.color) != tuple(env.road_color)
        }

    def draw(self) -> np.ndarray:
        """The frame of the current state, `(64, 64, 3)` of uint8."""
        self._recolour()
        zoom = zoom_at(self._env.t)
        to_world = _screen_to_world(zoom, *self._env.car.hull.position, self._env.car.hull.angle)
        level = self._level(zoom)
        scale = _SCALE / 2**level
        matrix = scale * to_world
        matrix[:, 2] += scale * _FIELD - 0.5
        picture = cv2.warpAffine(
            self._levels[level], matrix, (_DETAIL, _DETAIL),
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0),
        )  # fmt: skip
        self._paint_car(picture, zoom)
        return cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)

    def _recolour(self) -> None:
        """Tiles that were touched have the road's own colour from then on."""
        road = self._env.road_color
        for wheel in self._env.car.wheels:
            for tile in wheel.tiles:
                found = self._untouched.pop(tile.idx, None)
                if found is not None:
                    _fill(self._levels[0], found, _seen(*_rgb(road)), _SCALE)

    @staticmethod
    def _level(zoom: float) -> int:
        """The picture whose elements are about as large as those of the detailed view."""
        elements = _SCALE * _SHOWN[0] / _DETAIL / zoom  # of the largest picture, in one of the view
        return min(max(0, math.floor(math.log2(elements))), _LEVELS - 1)

    def _paint_car(self, picture: np.ndarray, zoom: float) -> None:
        """Lay the car's parts over the picture; they are always at one place, only turned."""
        patch = picture[_CAR].astype(np.float32)
        for number, wheel in enumerate(self._env.car.wheels):
            turned = round(wheel.joint.angle / _ANGLE)
            rolled = round(wheel.phase / _ANGLE) % _ANGLES
            _lay(patch, _part(number, turned, rolled, zoom))
        _lay(patch, _part(_HULL, 0, 0, zoom))
        picture[_CAR] = np.rint(patch)


def zoom_at(t: float) -> float:
    """Screen pixels per unit of length, `t` seconds into the episode: the first one zooms in."""
    far, near = 0.1 * car_racing.SCALE, car_racing.ZOOM * car_racing.SCALE
    return far * max(1 - t, 0) + near * min(t, 1)


def _screen_to_world(zoom: float, x: float, y: float, angle: float) -> np.ndarray:
    """`(2, 3)`: from the detailed picture's columns and rows to the field, the hull at `(x, y)`."""
    cos, sin = math.cos(angle) / zoom, math.sin(angle) / zoom
    wide, high = _SHOWN[0] / _DETAIL, _SHOWN[1] / _DETAIL
    # a pixel's middle on the screen, seen from where the car's middle is; rows run downwards
    left = 0.5 * wide - car_racing.WINDOW_W / 2
    up = car_racing.WINDOW_H * 3 / 4 - 0.5 * high
    return np.array(
        [
            (cos * wide, sin * high, cos * left - sin * up + x),
            (sin * wide, -cos * high, sin * left + cos * up + y),
        ]
    )


def _rgb(colour: object) -> tuple[int, int, int]:
    return tuple(int(c) for c in colour)


@cache
def _seen(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """The colour that an even surface has in a preprocessed frame: pygame's shrinking truncates."""
    import pygame

    surface = pygame.Surface((car_racing.WINDOW_W, car_racing.WINDOW_H))
    surface.fill((red, green, blue))
    small = pygame.transform.smoothscale(surface, (96, 96))
    return tuple(int(c) for c in preprocess(pygame.surfarray.array3d(small))[32, 32])


@cache
def _grass(*colours: int) -> np.ndarray:
    """The field without a road, `(height, width, 3)`; to be copied."""
    side = round(2 * _FIELD * _SCALE)
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = _seen(*colours[:3])
    smaller = 1 - 2 * _GROWTH / car_racing.GRASS_DIM
    for corners in np.array(grass_patches()):
        middle = corners.mean(axis=0)
        _fill(picture, middle + smaller * (corners - middle), _seen(*colours[3:]), _SCALE)
    return picture


def _narrowed(corners: object) -> np.ndarray:
    """A piece of road, corners left, right, right, left, less what filling it adds at its sides.

    Its ends stay as they are: there the next piece begins. In some tracks Gymnasium's kerb has no
    width at a place: that stays the line that it is.
    """
    quad = np.array(corners, dtype=float)
    across = quad[[1, 2]] - quad[[0, 3]]
    step = _GROWTH * across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 2 * _GROWTH)
    quad[[0, 3]] += step
    quad[[1, 2]] -= step
    return quad


def grass_patches() -> list[list[tuple[float, float]]]:
    """The corners of the lighter squares, in Gymnasium's order."""
    step, square = car_racing.GRASS_DIM, ((1, 0), (0, 0), (0, 1), (1, 1))
    return [
        [(step * x + step * a, step * y + step * b) for a, b in square]
        for x in range(-20, 20, 2)
        for y in range(-20, 20, 2)
    ]


def _fill(picture: np.ndarray, corners: object, colour: tuple[int, int, int], scale: float) -> None:
    """Fill a polygon, its corners in the field's units."""
    points = (np.asarray(corners) + _FIELD) * scale - 0.5
    cv2.fillConvexPoly(picture, _whole(points), colour, cv2.LINE_8, _BITS)


_Part = tuple[tuple[slice, slice], np.ndarray, np.ndarray]


def _lay(patch: np.ndarray, part: _Part) -> None:
    """Lay a part of the car over what is there."""
    where, colour, left = part
    patch[where] = patch[where] * left + colour


@lru_cache(20_000)  # all that there are of the zoom that a car drives at
def _part(number: int, turned: int, rolled: int, zoom: float) -> _Part:
    """A wheel, or the hull, on the car's patch of the detailed picture.

    `turned` and `rolled` count steps of `_ANGLE`. Returns where it is in the patch, its colour
    times the share of each pixel that it covers, and the share that is left.
    """
    if number == _HULL:
        shapes = [(corners, _seen(204, 0, 0)) for corners in _HULLS]
    else:
        black, white = _seen(*car_dynamics.WHEEL_COLOR), _seen(*car_dynamics.WHEEL_WHITE)
        cos, sin = math.cos(turned * _ANGLE), math.sin(turned * _ANGLE)
        middle = car_dynamics.SIZE * np.array(car_dynamics.WHEELPOS[number])
        parts = ((_WHEEL, black), (stripe(rolled * _ANGLE), white))
        turn = np.array([(cos, sin), (-sin, cos)])
        shapes = [(c @ turn + middle, colour) for c, colour in parts if c is not None]
    matrix = _ENLARGED * cv2.invertAffineTransform(_screen_to_world(zoom, 0.0, 0.0, 0.0))
    rows, columns = _CAR
    matrix[:, 2] += (_ENLARGED - 1) / 2 - _ENLARGED * np.array([columns.start, rows.start])
    size = (columns.stop - columns.start, rows.stop - rows.start)
    large = np.zeros((_ENLARGED * size[1], _ENLARGED * size[0], 4), np.float32)
    for corners, colour in shapes:
        points = _whole(corners @ matrix[:, :2].T + matrix[:, 2])
        cv2.fillConvexPoly(large, points, (*colour, 1.0), cv2.LINE_8, _BITS)
    small = cv2.resize(large, size, interpolation=cv2.INTER_AREA)
    covered = small[..., 3] > 0
    where = tuple(_extent(covered.any(axis=axis)) for axis in (1, 0))
    return where, small[where][..., :3], 1 - small[where][..., 3:]


def _extent(covered: np.ndarray) -> slice:
    found = np.flatnonzero(covered)
    return slice(found[0], found[-1] + 1)


def _whole(points: np.ndarray) -> np.ndarray:
    """As whole numbers of 2**-_BITS of a pixel, as OpenCV wants corners."""
    return np.rint(points * (1 << _BITS)).astype(np.int32)


def stripe(phase: float) -> np.ndarray | None:
    """The white mark on a turning wheel; None while it is underneath."""
    angles = (phase, phase + 1.2)
    sines, cosines = [math.sin(a) for a in angles], [math.cos(a) for a in angles]
    if min(sines) > 0:
        return None
    ends = [math.copysign(1.0, c) if s > 0 else c for s, c in zip(sines, cosines, strict=True)]
    w, r = car_dynamics.WHEEL_W * car_dynamics.SIZE, car_dynamics.WHEEL_R * car_dynamics.SIZE
    return np.array([(-w, r * ends[0]), (w, r * ends[0]), (w, r * ends[1]), (-w, r * ends[1])])


def _scaled(polygon: list[tuple[int, int]]) -> np.ndarray:
    return np.array(polygon) * car_dynamics.SIZE


_HULLS = [_scaled(getattr(car_dynamics, f"HULL_POLY{n}")) for n in (1, 2, 3, 4)]
_WHEEL = _scaled(
    [
        (sx * car_dynamics.WHEEL_W, sy * car_dynamics.WHEEL_R)
        for sx, sy in ((-1, 1), (1, 1), (1, -1), (-1, -1))
    ]
)
