"""The candidate: a process that runs one student's cells, and nothing that matters.

`sandbox` starts and stops it from outside; `serve` is all of the course's code that runs inside.
"""
