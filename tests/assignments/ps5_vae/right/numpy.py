"""NumPy wherever nothing has to be differentiated."""


# %% ps5-input
def to_input(frames):
    if frames.dtype is not torch.uint8:
        raise ValueError("bytes, please")
    array = np.asarray(frames)
    return np.moveaxis(array, -1, 1).astype(np.float32) / np.float32(255)


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = np.empty(len(kernels) + 1, dtype=int)
    found[0] = side
    for i, kernel in enumerate(kernels):
        if transposed:
            found[i + 1] = stride * found[i] - stride + kernel
        else:
            found[i + 1] = np.floor((found[i] - kernel + stride) / stride)
    return found


# %% ps5-sample
def sample_latent(features, generator):
    Z = features.shape[1] // 2
    noise = torch.normal(0.0, 1.0, (len(features), Z), generator=generator).numpy()
    array = np.asarray(features)
    return array[:, :Z] + np.sqrt(np.exp(array[:, Z:])) * noise


# %% ps5-kl
def kl(features):
    array = np.asarray(features).astype(np.float64)
    mean, log_variance = np.split(array, 2, axis=1)
    return 0.5 * np.sum(np.square(mean) + np.expm1(log_variance) - log_variance, axis=1)


# %% ps5-traverse
def traverse(z, latent, values):
    rows = np.tile(np.asarray(z), (len(values), 1))
    rows[:, latent] = np.asarray(values)
    return rows
