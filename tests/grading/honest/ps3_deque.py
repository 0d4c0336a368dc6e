"""The policy of ps3 with a queue of actions and NumPy inside.

assignment: ps3_mpc
"""
# %% ps3-mpc
from collections import deque

class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if not replan_every >= 1:
            raise ValueError("replan_every must be at least 1")
        self._plan, self._shift, self._every, self._warm = plan, shift, replan_every, warm_start
        self.reset()

    def reset(self):
        self._queue, self._last = deque(), None

    def act(self, observation):
        if not self._queue:
            guess = None
            if self._warm and self._last is not None:
                guess = self._shift(self._last, min(self._every, len(self._last)))
            state = torch.tensor(np.asarray(observation), dtype=torch.float32)
            self._last = self._plan(state, guess)
            self._queue.extend(self._last[: self._every])
        return self._queue.popleft()
# %% helper
print("ps3 is fun")
