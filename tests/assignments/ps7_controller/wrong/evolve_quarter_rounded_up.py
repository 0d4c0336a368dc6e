"""The best quarter is rounded up: one candidate too many where K is no multiple of 4.

task: ps7-evolve-tests
message: rounded up
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for _ in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * noise
        best = score(population).argsort(descending=True)[: math.ceil(candidates / 4)]
        mean = population[best].mean(dim=0)
        sigma = sigma * decay
    return mean
