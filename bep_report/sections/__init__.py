"""Sections of the page, one a file: each makes a `Section` of a run folder."""
