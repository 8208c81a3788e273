"""From features to a model that names the colour of a picture."""
