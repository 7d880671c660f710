"""``python -m kanjian``."""

from kanjian.cli import main

main()
