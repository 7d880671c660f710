"""Acceptances that were made before name their batch and version: until now every sheet was accepted once at most."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_batches(apps, _schema_editor):
    sheets = apps.get_model("collecting", "Sheet").objects.filter(pk=OuterRef("sheet"))
    accepted = apps.get_model("collecting", "Step").objects.filter(verb="accept", batch=None)
    accepted.update(batch=Subquery(sheets.values("batch")), version=Subquery(sheets.values("version")))


class Migration(migrations.Migration):
    dependencies = [("collecting", "0003_corrections")]

    operations = [migrations.RunPython(name_batches, migrations.RunPython.noop)]
