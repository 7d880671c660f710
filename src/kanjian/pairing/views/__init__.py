"""Pages of this room: ``rounds``, ``pairs``, ``work``."""
