"""Frames that are Gymnasium's to the pixel, in a fraction of the time.

Gymnasium turns every polygon of the field in Python and draws it, seen or not. Here those that are
near are turned in one product, by the very sine and cosine that pygame computes, and what lies
outside the window is left out; the rest is drawn in one compiled call (`polygons`). Where the field
fills the window its background is one fill. The car's corners are moved at once, in the single
precision that Box2D has. The car and what shrinks the picture are pygame's.
"""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
import pygame
from gymnasium.envs.box2d import car_dynamics, car_racing

from mbrl_lib.envs.car_racing.drawing import grass_patches, stripe, zoom_at
from mbrl_lib.envs.car_racing.polygons import draw_polygons

_WINDOW = np.array([car_racing.WINDOW_W, car_racing.WINDOW_H])
_REACH = math.hypot(*_WINDOW) / 2  # from its middle to its corners
_CENTRE = np.array([car_racing.WINDOW_W / 2, car_racing.WINDOW_H / 4])
_BAR = car_racing.WINDOW_H // 8  # rows at the bottom that show indicators
_SHOWN = (0, _BAR, car_racing.WINDOW_W, car_racing.WINDOW_H - _BAR)
_AT_BOTTOM = (0, car_racing.WINDOW_H - _BAR, car_racing.WINDOW_W, _BAR)
_SHOWN_FROM = np.array([-1, _BAR - 1])
_CORNERS = car_racing.PLAYFIELD * np.array([(1, 1), (1, -1), (-1, -1), (-1, 1)])
_TEXT_AT = (60, car_racing.WINDOW_H - car_racing.WINDOW_H * 2.5 / 40.0)


class ExactFrames:
    """The 96x96 frames of one episode, as Gymnasium draws them.

    Parameters
    ----------
    env : gymnasium.envs.box2d.car_racing.CarRacing, just reset
    """

    def __init__(self, env: car_racing.CarRacing) -> None:
        self._env = env
        grass = grass_patches()
        self._corners = np.array([*grass, *(corners for corners, _ in env.road_poly)])
        middles = self._corners.mean(axis=1)
        self._middles = np.ascontiguousarray(middles.T)
        self._sizes = np.linalg.norm(self._corners - middles[:, None], axis=-1).max(axis=1)
        colours = [colour for _, colour in env.road_poly]
        self._colours = np.array([env.grass_color] * len(grass) + colours, float)
        self._share_colours(self._colours[len(grass) :])
        self._car = _CarShapes(env.car)
        self._surface, self._bar = (pygame.Surface(_WINDOW, depth=32) for _ in range(2))
        width, rows = car_racing.STATE_W, car_racing.WINDOW_H - _BAR
        self._narrow = pygame.Surface((width, car_racing.WINDOW_H), depth=32)
        self._narrow_field = pygame.Surface((width, rows), depth=32)
        self._narrow_bar = self._narrow.subsurface((0, rows, width, _BAR))
        self._small = pygame.Surface((width, car_racing.STATE_H), depth=32)
        pygame.font.init()
        self._font = pygame.font.Font(pygame.font.get_default_font(), 42)

    def _share_colours(self, rows: np.ndarray) -> None:
        """Tiles, which change colour when they are touched, change it in these rows."""
        tiles = {id(tile.color): tile for tile in self._env.road}
        road = self._env.road_poly
        for number, ((corners, colour), row) in enumerate(zip(road, rows, strict=True)):
            road[number] = (corners, row)
            if id(colour) in tiles:
                tiles[id(colour)].color = row

    def draw(self) -> np.ndarray:
        """The frame of the current state, `(96, 96, 3)` of uint8."""
        env, zoom, angle = self._env, zoom_at(self._env.t), -self._env.car.hull.angle
        scroll = [-coordinate * zoom for coordinate in env.car.hull.position]
        moved = pygame.math.Vector2(scroll).rotate_rad(angle)
        offset = (_CENTRE[0] + moved[0], _CENTRE[1] + moved[1])
        turn = pygame.math.Vector2(1, 0).rotate_rad(angle)  # cosine and sine as pygame has them
        middle, reach = _middle(zoom, offset, turn), _REACH / zoom
        if max(map(abs, middle)) + reach < car_racing.PLAYFIELD - 1:
            self._surface.fill(env.bg_color, _SHOWN)
        else:
            self._surface.fill((0, 0, 0))
            field = _on_screen(_CORNERS[None], zoom, offset, turn)
            self._draw(field, np.array([env.bg_color]))
        near = self._near(middle, reach)
        points = _on_screen(self._corners[near], zoom, offset, turn)
        seen = (points.max(axis=1) >= _SHOWN_FROM).all(axis=1)
        seen &= (points.min(axis=1) <= _WINDOW).all(axis=1)
        self._draw(points[seen], self._colours[near[seen]])
        for corners, colour in self._car.polygons(zoom, offset, turn):
            pygame.draw.polygon(self._surface, colour, corners)
        return self._shrunk()

    def _near(self, middle: tuple[float, float], reach: float) -> np.ndarray:
        """Numbers of the polygons that may be within the window, and hardly any other."""
        right, up = self._middles[0] - middle[0], self._middles[1] - middle[1]
        return np.flatnonzero(right * right + up * up <= (self._sizes + (reach + 1)) ** 2)

    def _shrunk(self) -> np.ndarray:
        """The picture upside down above the bar of indicators, `(96, 96, 3)`.

        pygame shrinks columns first, each row for itself. So what is turned upside down, and put
        together, is the narrow picture in between.
        """
        self._draw_bar()
        shrink = pygame.transform.smoothscale  # into surfaces that are there: new ones take longer
        shrink(self._surface.subsurface(_SHOWN), self._narrow_field.get_size(), self._narrow_field)
        self._narrow.blit(pygame.transform.flip(self._narrow_field, False, True), (0, 0))
        shrink(self._bar.subsurface(_AT_BOTTOM), self._narrow_bar.get_size(), self._narrow_bar)
        shrink(self._narrow, self._small.get_size(), self._small)
        width, height = self._small.get_size()
        pixels = np.frombuffer(self._small.get_buffer(), np.uint8).reshape(height, width, 4)
        return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB)

    def _draw_bar(self) -> None:
        """Gymnasium's indicators and score, at the bottom of a window of their own."""
        env = self._env
        env.surf = self._bar
        env._render_indicators(car_racing.WINDOW_W, car_racing.WINDOW_H)
        text = self._font.render(f"{env.shown_reward:04.0f}", True, (255, 255, 255), (0, 0, 0))
        place = text.get_rect()
        place.center = _TEXT_AT
        self._bar.blit(text, place)

    def _draw(self, corners: np.ndarray, colours: np.ndarray) -> None:
        """Polygons of the field; pygame too cuts off what is not whole in corners and colours."""
        pixels = np.frombuffer(self._surface.get_buffer(), np.uint32).reshape(_WINDOW[::-1])
        draw_polygons(pixels, corners.astype(np.int64), colours.astype(np.int64), _BAR)


class _CarShapes:
    """What Gymnasium draws of a car, in its order: wheels, each with its mark, then the hull."""

    def __init__(self, car: car_dynamics.Car) -> None:
        self._bodies = car.drawlist
        shapes: list[np.ndarray] = []
        numbers: list[int] = []  # the body of each shape
        self._marks: dict[int, int] = {}  # where the shape of a wheel's mark is, by body
        self._colours: list = []
        for number, body in enumerate(self._bodies):
            parts = [np.array(fixture.shape.vertices, np.float32) for fixture in body.fixtures]
            self._colours += [[int(c * 255) for c in body.color]] * len(parts)
            if "phase" in vars(body):
                self._marks[number] = len(shapes) + len(parts)
                self._colours.append(car_dynamics.WHEEL_WHITE)
                parts.append(np.zeros((4, 2), np.float32))
            shapes += parts
            numbers += [number] * len(parts)
        sizes = [len(shape) for shape in shapes]
        self._ends = list(pairwise(np.cumsum([0, *sizes]).tolist()))
        self._corners, self._body_of = np.concatenate(shapes), np.repeat(numbers, sizes)

    def polygons(self, zoom: float, offset: tuple, turn: pygame.math.Vector2) -> list:
        """Corners on the screen, a list of pairs, and the colour of each polygon."""
        hidden = set()
        for number, shape in self._marks.items():
            mark = stripe(self._bodies[number].phase)
            if mark is None:
                hidden.add(shape)
            else:
                self._corners[slice(*self._ends[shape])] = mark
        moved = _on_screen(self._moved(), zoom, offset, turn).tolist()
        return [
            (moved[first:last], colour)
            for shape, ((first, last), colour) in enumerate(
                zip(self._ends, self._colours, strict=True)
            )
            if shape not in hidden
        ]

    def _moved(self) -> np.ndarray:
        """Corners `(n, 2)` in the field, as Box2D's transform of their body has them."""
        at = []
        for body in self._bodies:
            turned, (right, up) = body.transform.q, body.position
            at.append((turned.c, turned.s, right, up))
        cos, sin, right, up = np.array(at, np.float32)[self._body_of].T
        x, y = self._corners.T
        return np.stack([(cos * x - sin * y) + right, (sin * x + cos * y) + up], -1).astype(float)


def _middle(zoom: float, offset: tuple, turn: pygame.math.Vector2) -> tuple[float, float]:
    """The point of the field that is in the middle of the window."""
    cos, sin = turn
    x, y = car_racing.WINDOW_W / 2 - offset[0], car_racing.WINDOW_H / 2 - offset[1]
    return (cos * x + sin * y) / zoom, (cos * y - sin * x) / zoom


def _on_screen(
    corners: np.ndarray, zoom: float, offset: tuple, turn: pygame.math.Vector2
) -> np.ndarray:
    """`(..., 2)` of the field to `(..., 2)` of the screen, rounded like pygame's own numbers."""
    (cos, sin), x, y = turn, corners[..., 0], corners[..., 1]
    turned = (cos * x - sin * y, sin * x + cos * y)
    return np.stack([t * zoom + o for t, o in zip(turned, offset, strict=True)], axis=-1)
