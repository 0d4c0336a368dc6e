"""The reference of ps1 with prints and a helper cell of another library.

assignment: ps1_dynamics
"""
# %% helper
import random
import scipy
print("scipy", scipy.__version__)
random.seed(3)
