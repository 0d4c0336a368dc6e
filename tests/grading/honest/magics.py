"""IPython magics, shell lines and help.

assignment: ps2_random_shooting
"""
# %% helper
%matplotlib inline
%time x = sum(range(1000))
%load_ext autoreload
%autoreload 2
!echo hello from the shell
x?
# %% helper
%%time
y = [i**2 for i in range(1000)]
# %% helper
%%capture captured
print("not shown")
