"""Broken submissions, none of them meant ill: what files, tools and slips make of a notebook."""
