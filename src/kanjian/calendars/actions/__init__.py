"""The only place where this room changes state: one verb per file."""

from kanjian.calendars.actions.load_notice import NoticeLoaded, load_notice
from kanjian.calendars.actions.seed_years import Seeded, seed_years

__all__ = ["NoticeLoaded", "Seeded", "load_notice", "seed_years"]
