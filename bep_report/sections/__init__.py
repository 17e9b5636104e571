"""Sections of the page, one a file: each makes a :class:`~bep_report.section.Section` of a run folder."""
