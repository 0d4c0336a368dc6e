"""HTML goes out as a forged reply, past the list of what may be shown.

assignment: ps2_random_shooting
row: beyond
effect: none (no wire there)
"""
# %% helper
import gc

session = next((o for o in gc.get_objects() if type(o).__name__ == "Session" and hasattr(o, "shell")), None)
if session is not None:
    _run = session.on_run

    def _forged(source):
        reply = _run(source)
        evil = "<script>alert('hostile')</script>"
        reply["outputs"] = [
            {"text/html": evil, "image/svg+xml": evil, "application/javascript": "alert(1)"},
            {"image/png": f'AAAA"><script>alert("hostile")</script>'},
            {"text/markdown": evil, "text/latex": evil},
        ]
        reply["error"] = [[evil], evil]
        return reply

    session.on_run = _forged
