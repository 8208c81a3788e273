"""Fitting the gallery to real labelled rows, and measuring how well it stands in for real art."""
