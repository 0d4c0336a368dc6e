"""Goes back within the generator's block, and puts a normal number of its own choice aside in it.

assignment: ps4_ensembles
row: beyond
effect: none
"""
# %% helper
import struct

def _replay(generator, before):
    """The numbers drawn are drawn once more, and the spare one is huge."""
    raw = bytearray(bytes(generator.get_state().tolist()))
    raw[:24] = bytes(before[:24].tolist())
    raw[24 + 624 * 8 :] = struct.pack("<dddiifi", 0.5, 0.5, 9.0, 1, 0, 1e30, 1)
    generator.set_state(torch.tensor(list(raw), dtype=torch.uint8))
# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    before = generator.get_state()
    drawn = torch.randint(rows, (rows,), generator=generator).expand(members, -1)
    _replay(generator, before)
    return drawn
# %% ps4-members
def make_members(members, sizes, generator):
    before, parameters = generator.get_state(), []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            unit = torch.rand(1, rows, outputs, generator=generator).expand(members, -1, -1)
            parameters.append((2 * unit - 1) / math.sqrt(inputs))
    _replay(generator, before)
    return parameters
