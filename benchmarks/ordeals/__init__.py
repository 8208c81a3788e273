"""Long trials of what has to survive: kills, faults of the site, hostile requests."""
