"""The better half.

task: ps7-evolve-tests
message: better half|other candidates|not drawn around
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 2).indices
        mean = population[best].mean(dim=0)
    return mean
