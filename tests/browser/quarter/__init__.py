"""A whole quarter of a small city as a play: the world before it, and its acts in order."""
