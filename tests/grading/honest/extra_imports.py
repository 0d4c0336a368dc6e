"""Imports of many libraries, some of them slow.

assignment: ps2_random_shooting
"""
# %% helper
import collections, functools, itertools, json, os, random, re, statistics, time
import scipy.stats
import scipy.optimize
import matplotlib.pyplot as plt
import torch.nn.functional as F
from torch import nn
from pathlib import Path
