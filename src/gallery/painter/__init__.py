"""The painter: artwork *n* of seed *s* is always the same picture, at any size."""
