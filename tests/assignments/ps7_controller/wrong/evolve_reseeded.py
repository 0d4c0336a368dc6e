"""The generator is seeded again.

task: ps7-evolve-tests
message: seeded again
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    generator = torch.Generator().manual_seed(generator.initial_seed())
    mean = start
    for generation in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
    return mean
