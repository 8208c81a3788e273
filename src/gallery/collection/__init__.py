"""What the gallery shows: painted artworks or a folder of pictures, and what is said of each."""
