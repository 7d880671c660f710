"""Ledger 台账: append-only events, each holding the hash of the one before."""
