"""Words of this room: what findings say to people."""
