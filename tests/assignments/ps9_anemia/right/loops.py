"""Plain loops over months and plans."""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if len(dose) < 3:
        raise ValueError("at least three months, please")
    inputs, outputs = [], []
    for k in range(1, len(dose) - 1):
        inputs.append([
            float(dose[k - 1]), float(dose[k]), float(dose[k + 1]), float(hemoglobin[k - 1]),
            float(hemoglobin[k]), float(tsat[k]), 1.0,
        ])  # fmt: skip
        outputs.append(float(hemoglobin[k + 1]))
    return inputs, outputs


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    gram, moment = precision.clone(), precision @ mean
    for phi, y in zip(inputs, outputs):
        gram += torch.outer(phi, phi) / noise**2
        moment = moment + phi * y / noise**2
    return torch.linalg.inv(gram) @ moment


# %% ps9-slowest
def slowest(theta):
    a, b = float(theta[4]), float(theta[3])
    root = complex(a * a + 4 * b) ** 0.5
    modulus = max(abs((a + root) / 2), abs((a - root) / 2))
    return modulus, modulus < 1


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    K, H = doses.shape
    answer = torch.zeros(K, H)
    for k in range(K):
        x, u = levels.tolist(), given.tolist()
        for h in range(H):
            u.append(float(doses[k, h]))
            phi = torch.tensor([u[-3], u[-2], u[-1], x[-2], x[-1], float(tsat[h]), 1.0])
            x.append(float(theta @ phi))
        answer[k] = torch.tensor(x[2:])
    return answer


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    returns = []
    for path, plan in zip(predicted.tolist(), doses.tolist()):
        total, before = 0.0, last
        for x, u in zip(path, plan):
            total -= (x - target) ** 2 + cost * abs(u - before)
            before = u
        returns.append(-math.inf if math.isnan(total) else total)
    best = max(range(len(returns)), key=lambda k: returns[k])
    return returns, doses[best][0].item()


# %% ps9-gain
def gain(mine, other):
    differences = []
    for a, b in zip(mine.tolist(), other.tolist()):
        inside = [sum(11 <= x <= 12 for x in row) / len(row) for row in (a, b)]
        differences.append(inside[0] - inside[1])
    N = len(differences)
    mean = sum(differences) / N
    variance = sum((d - mean) ** 2 for d in differences) / (N - 1)
    return mean, (variance / N) ** 0.5
