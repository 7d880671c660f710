"""The official working-day calendar 工作日历."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year and whether its holiday notice is loaded. Without it the year is provisional and says so."""

    class Status(models.TextChoices):
        """Whether the State Council's notice for the year is in."""

        OFFICIAL = "official", _("正式")
        PROVISIONAL = "provisional", _("暂定")

    year = models.PositiveSmallIntegerField(primary_key=True)
    status = models.CharField(max_length=12, choices=Status)
    source = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.year} ({self.status})"


class CalendarDay(models.Model):
    """A day that a notice names: a holiday, or a weekend day worked instead 调休.

    ``year`` is the year whose notice rules the day; the notice of 2019 also ruled 2018-12-29 and 2018-12-31.
    """

    day = models.DateField(primary_key=True)
    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="days")
    is_workday = models.BooleanField()
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'work' if self.is_workday else 'off'}"
