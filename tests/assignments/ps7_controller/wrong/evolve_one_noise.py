"""One noise for all candidates.

task: ps7-evolve-tests
message: all candidates share
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.randn(len(start), generator=generator).expand(candidates, -1)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
    return mean
