"""The constant comes first, as θ0 has the smallest number.

task: ps9-equations-tests
message: constant comes last
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if len(dose) < 3:
        raise ValueError("too short")
    columns = (
        torch.ones(len(dose) - 2), dose[:-2], dose[1:-1], dose[2:],
        hemoglobin[:-2], hemoglobin[1:-1], tsat[1:-1],
    )  # fmt: skip
    return torch.stack(columns, dim=1), hemoglobin[2:]
