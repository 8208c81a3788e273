"""From web pages of artworks to a model that names the colour of a picture.

One package a stage: :mod:`src.gallery` (the offline stand-in for the site), :mod:`src.scraping`,
:mod:`src.features`, :mod:`src.models`, :mod:`src.visualization`.
"""
