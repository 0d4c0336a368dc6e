"""The generator is set back to its seed first.

task: ps4-bootstrap-tests
message: seeded again
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    generator.manual_seed(generator.initial_seed())
    return torch.randint(rows, (members, rows), generator=generator)
