"""What builds documents: the data dictionary, the samples, the notebooks, the README's results."""
