"""Figures: functions that take data and return a picture of it, one module for each kind.

Each figure function returns a :class:`matplotlib.figure.Figure` that no global state knows of: it
needs no display, no ``pyplot`` and no clean-up.
"""
