"""Pages of this room: what was measured and where it comes from; imports."""
