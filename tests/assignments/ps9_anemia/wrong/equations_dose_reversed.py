"""θ1 is taken for the newest dose.

task: ps9-equations-tests
message: doses in reverse
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if len(dose) < 3:
        raise ValueError("too short")
    columns = (
        dose[2:], dose[1:-1], dose[:-2], hemoglobin[:-2], hemoglobin[1:-1], tsat[1:-1],
        torch.ones(len(dose) - 2),
    )  # fmt: skip
    return torch.stack(columns, dim=1), hemoglobin[2:]
