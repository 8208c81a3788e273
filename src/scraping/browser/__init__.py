"""Real browsers: found, started, driven, several at once, and surely ended."""
