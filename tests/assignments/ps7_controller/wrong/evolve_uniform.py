"""Uniform noise.

task: ps7-evolve-tests
message: drawn with standard deviation
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.rand(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
    return mean
