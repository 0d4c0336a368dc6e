"""Turns every global switch of torch, NumPy and Python the wrong way, for itself and those behind it.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% helper
import gc, os, random, resource, signal, sys, threading, warnings
import numpy
torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
torch.set_num_threads(7)
torch.set_flush_denormal(True)
torch.manual_seed(1)
numpy.seterr(all="raise")
numpy.set_printoptions(threshold=10**9)
warnings.simplefilter("error")
sys.setrecursionlimit(60)
sys.setswitchinterval(1e9)
sys.stdout = sys.stderr = None
gc.disable()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.umask(0o777)
os.environ["PYTHONPATH"] = "/scratch"
resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
os.chdir("/")
