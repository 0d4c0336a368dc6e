"""By hand, with the derivative of σ by ln σ in the place of that by ln σ²: a half is missing.

task: ps5-gradients-tests
message: which halves it
"""


# %% ps5-gradients
def gradients(parameters, x, noise):
    encoder, encoder_bias, decoder, decoder_bias = parameters
    B = len(x)
    mean, log_variance = (x @ encoder + encoder_bias).chunk(2, dim=1)
    std = torch.exp(0.5 * log_variance)
    z = mean + std * noise
    d_decoded = 2 * (z @ decoder + decoder_bias - x) / B
    d_z = d_decoded @ decoder.T
    d_mean = d_z + mean / B
    d_log_variance = d_z * noise * std + 0.5 * (std**2 - 1) / B
    d_features = torch.cat([d_mean, d_log_variance], dim=1)
    return [x.T @ d_features, d_features.sum(0), z.T @ d_decoded, d_decoded.sum(0)]
