"""The only place where this room changes state: one verb per file."""
