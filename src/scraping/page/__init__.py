"""What a page of a colour shows: its state, its data, its tiles, and whether it keeps the contract."""
