"""The same noise in each generation.

task: ps7-evolve-tests
message: noise of its own
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        generator.manual_seed(generator.initial_seed())
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
    return mean
