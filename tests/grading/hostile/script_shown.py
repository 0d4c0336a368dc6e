"""A cell displays HTML, SVG, JavaScript and Markdown with scripts.

assignment: ps2_random_shooting
row: `<script>` in an output
effect: script
"""
# %% helper
from IPython.display import HTML, SVG, Javascript, Markdown, display

evil = "<script>alert('hostile')</script>"
display(HTML(evil), Markdown(evil), Javascript("alert('hostile')"))
display({"text/html": evil, "image/svg+xml": f"<svg onload='alert(1)'>{evil}</svg>"}, raw=True)
display({"image/png": f'AAAA"><script>alert("hostile")</script>', "text/plain": evil}, raw=True)
print(evil)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("<script>alert('hostile')</script>")
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("no idea")
