"""What every proof run has loaded before it is forked: nothing that an assignment asks for."""

import os

os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import gymnasium  # noqa: F401
import numpy  # noqa: F401
import torch

import mbrl_lib.checks.cells
import mbrl_lib.data
import mbrl_lib.envs.cartpole
import mbrl_lib.envs.pendulum
import mbrl_lib.plotting  # noqa: F401

torch.set_num_threads(1)
torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])  # the first optimiser imports for 2 s
