"""What a run keeps in the workspace: one store, one lock, the tables and the numbered thumbnails."""
