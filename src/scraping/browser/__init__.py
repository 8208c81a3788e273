"""Real browsers: found, started, driven, several at once, and always ended."""
