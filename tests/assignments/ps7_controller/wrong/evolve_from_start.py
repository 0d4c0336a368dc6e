"""Always drawn around the start.

task: ps7-evolve-tests
message: stays at `start`|not drawn around
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = start + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
    return mean
