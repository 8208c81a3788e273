"""Figures: functions that take data and return a picture of it."""
