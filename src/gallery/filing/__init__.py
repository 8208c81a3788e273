"""Under which colour a picture is filed, and what palettes each colour has."""
