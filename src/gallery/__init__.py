"""The offline gallery: a local web site that behaves as the colour pages of the real one do."""
