"""The car of Gymnasium's CarRacing-v3 with its step in plain floats: the same bits, sooner.

Gymnasium's `Car.step` calls NumPy's scalar functions, each of which costs as much as the rest of a
line. Python's own floats do the same IEEE arithmetic.
"""

from __future__ import annotations

import math

from gymnasium.envs.box2d import car_dynamics as theirs

_GRIP = 205000 * theirs.SIZE * theirs.SIZE
_BRAKE = 15  # radians per second


class Car(theirs.Car):
    """Gymnasium's car; only `gas` and `step` are computed otherwise."""

    def gas(self, gas: float) -> None:
        """Rear-wheel drive; `gas` is clipped to [0, 1] and rises by at most 0.1 a step."""
        gas = min(max(gas, 0.0), 1.0)
        for wheel in self.wheels[2:4]:
            wheel.gas += min(gas - wheel.gas, 0.1)

    def step(self, dt: float) -> None:
        """Steer, drive, brake and slide each wheel; forces go to Box2D."""
        for wheel in self.wheels:
            self._step_wheel(wheel, dt)

    def _step_wheel(self, wheel, dt: float) -> None:
        joint = wheel.joint
        turn = wheel.steer - joint.angle
        speed = min(50.0 * abs(turn), 3.0)
        joint.motorSpeed = speed if turn > 0 else -speed if turn < 0 else 0.0
        limit, grass = theirs.FRICTION_LIMIT * 0.6, True
        for tile in wheel.tiles:
            limit, grass = max(limit, theirs.FRICTION_LIMIT * tile.road_friction), False
        turned, velocity = wheel.transform.q, wheel.linearVelocity
        sx, sy = turned.c, turned.s  # to the side; forward is a quarter of a turn from there
        fx, fy, vx, vy = -sy, sx, velocity.x, velocity.y
        inertia = theirs.WHEEL_MOMENT_OF_INERTIA
        omega = wheel.omega
        omega += dt * theirs.ENGINE_POWER * wheel.gas / inertia / (abs(omega) + 5.0)
        self.fuel_spent += dt * theirs.ENGINE_POWER * wheel.gas
        if wheel.brake >= 0.9:
            omega = 0
        elif wheel.brake > 0:
            by = min(abs(_BRAKE * wheel.brake), abs(omega))
            omega += -by if omega > 0 else by if omega < 0 else 0.0
        wheel.phase += omega * dt
        along = (-(fx * vx + fy * vy) + omega * wheel.wheel_rad) * _GRIP
        across = -(sx * vx + sy * vy) * _GRIP
        force = math.sqrt(along * along + across * across)
        self._leave_skid(wheel, force > 2.0 * limit, grass)
        if force > limit:
            along, across = along / force * limit, across / force * limit
        wheel.omega = omega - dt * along * wheel.wheel_rad / inertia
        wheel.ApplyForceToCenter((across * sx + along * fx, across * sy + along * fy), True)

    def _leave_skid(self, wheel, skids: bool, grass: bool) -> None:
        """The traces that `render` shows; no observation has them."""
        trace = wheel.skid_particle
        if not skids:
            wheel.skid_start = wheel.skid_particle = None
        elif trace and trace.grass == grass and len(trace.poly) < 30:
            trace.poly.append((wheel.position[0], wheel.position[1]))
        elif wheel.skid_start is None:
            wheel.skid_start = wheel.position
        else:
            wheel.skid_particle = self._create_particle(wheel.skid_start, wheel.position, grass)
            wheel.skid_start = None
