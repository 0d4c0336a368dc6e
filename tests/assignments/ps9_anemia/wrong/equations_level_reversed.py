"""θ4 is taken for the newest haemoglobin.

task: ps9-equations-tests
message: haemoglobin in reverse
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if len(dose) < 3:
        raise ValueError("too short")
    columns = (
        dose[:-2], dose[1:-1], dose[2:], hemoglobin[1:-1], hemoglobin[:-2], tsat[1:-1],
        torch.ones(len(dose) - 2),
    )  # fmt: skip
    return torch.stack(columns, dim=1), hemoglobin[2:]
