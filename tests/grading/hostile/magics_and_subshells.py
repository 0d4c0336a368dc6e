"""Line and cell magics, sub-shells, autoreload, pdb and input() where a grader sees only source.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
%env MBRL_CHECK_KEY=mine
%config InteractiveShell.ast_node_interactivity = "all"
%autocall 2
%xmode Verbose
%pdb on
%alias_magic answer env
!cat /proc/1/environ /etc/passwd
!!ls /
get_ipython().user_ns = type("Space", (dict,), {"__contains__": lambda *_: True})(get_ipython().user_ns)
# %% helper
%%capture --no-stderr out
%%timeit
1 + 1
# %% helper
%%script python3 --bg
while True: pass
# %% helper
%%writefile mbrl_lib.py
raise SystemExit
# %% helper
input("password: ")
# %% helper
%reset -f
