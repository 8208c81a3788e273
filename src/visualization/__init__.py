"""Figures: functions that take data and return a picture of it.

Each figure function returns a :class:`matplotlib.figure.Figure` that no global state knows of: it
needs no display, no ``pyplot`` and no clean-up. :mod:`src.visualization.figures` names them all.
"""
