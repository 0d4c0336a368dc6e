"""Three months are refused, too; they hold one equation.

task: ps9-equations-tests
message: must not raise
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if len(dose) <= 3:
        raise ValueError("a record must have three months")
    x, t, u = hemoglobin, tsat, dose
    columns = [u[:-2], u[1:-1], u[2:], x[:-2], x[1:-1], t[1:-1], torch.ones(len(x) - 2)]
    return torch.stack(columns, dim=1), x[2:]
