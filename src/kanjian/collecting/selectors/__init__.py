"""Reads for the pages and the API of this room."""
