"""With NumPy throughout."""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    x, t, u = hemoglobin.numpy(), tsat.numpy(), dose.numpy()
    if x.size < 3:
        raise ValueError("too short")
    inputs = np.column_stack([u[:-2], u[1:-1], u[2:], x[:-2], x[1:-1], t[1:-1], 0 * x[2:] + 1])
    return inputs, x[2:].copy()


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    X, y, m, P = (np.asarray(a) for a in (inputs, outputs, mean, precision))
    # around the mean: what the patient adds to it
    away = np.linalg.solve(X.T @ X / noise**2 + P, X.T @ (y - X @ m) / noise**2)
    return m + away


# %% ps9-slowest
def slowest(theta):
    companion = np.array([[float(theta[4]), float(theta[3])], [1.0, 0.0]])
    modulus = np.abs(np.linalg.eigvals(companion)).max()
    return modulus, modulus < 1


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    theta, doses = np.asarray(theta), np.asarray(doses)
    K, H = doses.shape
    x = np.column_stack([np.tile(np.asarray(levels), (K, 1)), np.zeros((K, H))])
    u = np.column_stack([np.tile(np.asarray(given), (K, 1)), doses])
    for h in range(H):
        x[:, h + 2] = u[:, h : h + 3] @ theta[:3] + x[:, h : h + 2] @ theta[3:5]
        x[:, h + 2] += theta[5] * float(tsat[h]) + theta[6]
    return x[:, 2:]


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    x, u = np.asarray(predicted), np.asarray(doses)
    changes = np.abs(np.diff(u, axis=1, prepend=last)).sum(axis=1)
    returns = -np.square(x - target).sum(axis=1) - cost * changes
    returns[np.isnan(returns)] = -np.inf
    return returns, u[np.argmax(returns)][0]


# %% ps9-gain
def gain(mine, other):
    inside = [np.logical_and(x.numpy() >= 11, x.numpy() <= 12).mean(axis=1) for x in (mine, other)]
    d = inside[0] - inside[1]
    return d.mean(), d.std(ddof=1) / len(d) ** 0.5
