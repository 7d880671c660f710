"""Calendars 日历: periods and seasons; working time with 调休; deadlines."""
