"""The dose is taken for that of the month that begins.

task: ps9-equations-tests
message: doses shifted by one
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if len(dose) < 3:
        raise ValueError("too short")
    dose = torch.cat([torch.zeros(1), dose[:-1]])
    columns = (
        dose[:-2], dose[1:-1], dose[2:], hemoglobin[:-2], hemoglobin[1:-1], tsat[1:-1],
        torch.ones(len(dose) - 2),
    )  # fmt: skip
    return torch.stack(columns, dim=1), hemoglobin[2:]
