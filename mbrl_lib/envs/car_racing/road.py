"""What the simulator knows of a car and its road: for critics and judges, not for drivers."""

from __future__ import annotations

import math

import numpy as np
from gymnasium.envs.box2d import car_racing

from mbrl_lib.envs.car_racing.env import MAX_STEPS, CarRacing

KNOWN = 38  # numbers of a look
_AHEAD = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24, 28, 33)  # tiles whose direction is told
_BACK, _FORTH = 4, 14  # tiles around the last place among which the next one is looked for


class RoadView:
    """One car on its road, followed from the beginning of an episode.

    Parameters
    ----------
    env : CarRacing, just reset

    Attributes
    ----------
    progress : float, how far the car has come along the middle of the road, in tiles
    aside : float, how far it is from there, to the right, in half the road's width
    missed : int, tiles behind the last one visited that no wheel has touched yet
    tiles : int, visited
    count : int, all there are
    """

    def __init__(self, env: CarRacing) -> None:
        self._env = env
        self._track = [tuple(point[1:4]) for point in env.track]  # direction, x, y
        self.count = len(self._track)
        self._place = self._reached = self._idle = self.tiles = 0
        self._left: list[int] = []  # numbers of the tiles missed
        self.progress = self.aside = 0.0

    @property
    def missed(self) -> int:
        return len(self._left)

    def look(self) -> np.ndarray:
        """`(38,)` of float32, each of the order of one; to be called after every decision.

        Tiles visited, time spent, tiles missed; where the car is on the road, its direction and
        speed; how the road turns, up to 33 tiles ahead; wheels.
        """
        env, count, car = self._env, self.count, self._env.car
        (x, y), angle, velocity = car.hull.position, car.hull.angle, car.hull.linearVelocity
        near = range(self._place - _BACK, self._place + _FORTH)
        self._place = min(near, key=lambda n: self._distance(n, x, y))
        direction, tile_x, tile_y = self._track[self._place % count]
        cos, sin, right, up = math.cos(direction), math.sin(direction), x - tile_x, y - tile_y
        self.aside = aside = (cos * right + sin * up) / car_racing.TRACK_WIDTH
        self.progress = self._place + (cos * up - sin * right) / car_racing.TRACK_DETAIL_STEP
        self._count_tiles()
        error = angle - direction
        forward = math.cos(angle) * velocity[1] - math.sin(angle) * velocity[0]
        sideways = math.cos(angle) * velocity[0] + math.sin(angle) * velocity[1]
        visited, missed = self.tiles / count, self.missed / count
        turns = [
            math.remainder(self._track[(self._place + n) % count][0] - direction, math.tau)
            for n in _AHEAD
        ]
        front, rear = car.wheels[:2], car.wheels[2:]
        return np.array(
            [
                visited,
                env.t * car_racing.FPS / MAX_STEPS,
                self._idle / 60,
                min(20 * missed, 2),
                missed > 0,
                self.progress / count - visited,
                max(-4.0, min(4.0, self.progress - self._reached)),
                aside,
                abs(aside),
                math.sin(error),
                math.cos(error),
                forward / 60,
                sideways / 30,
                car.hull.angularVelocity / 3,
                300 / count,
                *turns,
                *(wheel.joint.angle for wheel in front),
                *(wheel.omega / 50 for wheel in rear),
                *(len(wheel.tiles) > 0 for wheel in car.wheels),
            ],
            np.float32,
        )

    def _distance(self, number: int, x: float, y: float) -> float:
        _, tile_x, tile_y = self._track[number % self.count]
        return (tile_x - x) ** 2 + (tile_y - y) ** 2

    def _count_tiles(self) -> None:
        road, tiles = self._env.road, self._env.tile_visited_count
        self._idle = 0 if tiles > self.tiles else self._idle + 1
        self.tiles = tiles
        reached = self._reached
        for number in range(min(self._place + _FORTH, self.count - 1), reached, -1):
            if road[number].road_visited:
                self._reached = number
                break
        passed = [*self._left, *range(reached + 1, self._reached)]
        self._left = [number for number in passed if not road[number].road_visited]
