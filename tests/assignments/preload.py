"""What every proof run has loaded before it is forked: nothing that an assignment asks for."""

import os

os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import gymnasium  # noqa: E402, F401
import numpy  # noqa: E402, F401
import torch  # noqa: E402

import mbrl_lib.checks.cells  # noqa: E402
import mbrl_lib.data  # noqa: E402
import mbrl_lib.envs.cartpole  # noqa: E402
import mbrl_lib.envs.pendulum  # noqa: E402
import mbrl_lib.plotting  # noqa: E402, F401

torch.set_num_threads(1)
