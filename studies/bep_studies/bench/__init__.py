"""Measured figures: what is measured, how, and how it is drawn."""
