"""A record of two months gives an empty table.

task: ps9-equations-tests
message: two months hold no equation
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    one = torch.ones(max(len(dose) - 2, 0))
    columns = (
        dose[:-2], dose[1:-1], dose[2:], hemoglobin[:-2], hemoglobin[1:-1], tsat[1:-1], one,
    )  # fmt: skip
    return torch.stack(columns, dim=1), hemoglobin[2:]
