"""What answers at which address: thin."""
