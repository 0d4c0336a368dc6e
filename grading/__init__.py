"""Grading notebooks through nbgrader: building what is handed out, judging what comes back."""
