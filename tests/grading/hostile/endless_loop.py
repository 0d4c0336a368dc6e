"""An answer that never returns and cannot be interrupted.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    import signal
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    raise ValueError("no idea")
