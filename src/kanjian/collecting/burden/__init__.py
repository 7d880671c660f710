"""Burden meter 减负: how much form filling is asked of whom, what is asked twice, what was spared by pre-filling.

| module | what it holds |
|---|---|
| `arithmetic` | fields × units × times × minutes; pure |
| `load` | who is asked for how long in a year, from the rows |
| `duplicates` | what a collection asks that is held already |
| `linting` | a collection against the red lines, its gate and its exceptions |
"""
