"""Reads for the pages: ``rounds``, ``pairs``, ``effects``, ``to_dos``. Whoever asks gets what ``policies`` allow."""
