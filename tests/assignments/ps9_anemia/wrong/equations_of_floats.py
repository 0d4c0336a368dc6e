"""Built in float32, by torch.FloatTensor: 64 bits were asked for.

task: ps9-equations-tests
message: float32
"""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    T = len(hemoglobin)
    if T < 3:
        raise ValueError("a record must have three months")
    inputs, outputs = [], []
    for k in range(1, T - 1):
        inputs.append(
            [
                float(dose[k - 1]),
                float(dose[k]),
                float(dose[k + 1]),
                float(hemoglobin[k - 1]),
                float(hemoglobin[k]),
                float(tsat[k]),
                1.0,
            ]
        )
        outputs.append(float(hemoglobin[k + 1]))
    return torch.FloatTensor(inputs), torch.FloatTensor(outputs)
