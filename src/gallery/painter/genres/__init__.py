"""The genres that the painter composes, and what they share."""
