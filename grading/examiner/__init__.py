"""The examiner: holds the hidden tests and the reference, and never runs a student's code."""
