"""NumPy answers for ps3.

assignment: ps3_mpc
"""
# %% ps3-shift
def shift(actions, steps=1):
    array = np.asarray(actions)
    rows = np.minimum(np.arange(len(array)) + steps, len(array) - 1)
    return array[rows]
