"""Reads for the portal: ``front`` for everybody, ``to_dos`` for whoever is signed in."""
