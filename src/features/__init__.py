"""From the bytes of a picture to 18 numbers: one decoder, one reduction, one extractor.

The modules of this package import numpy, OpenCV and :mod:`src.errors` only, because the running
service imports them; :mod:`src.features.build_features` and what it alone uses is the stage that
works on a whole workspace, and may import more.
"""
