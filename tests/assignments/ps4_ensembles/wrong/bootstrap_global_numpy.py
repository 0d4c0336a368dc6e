"""NumPy's global generator is used.

task: ps4-bootstrap-tests
message: global random generator
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.from_numpy(np.random.randint(rows, size=(members, rows)))
