"""Collecting 采集：collections, windows, sheets, approval, burden."""
