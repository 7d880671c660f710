"""The table of the shared cache, so that an installation has it after ``migrate`` and needs no further command."""

from django.core.management import call_command
from django.db import migrations


def create(_apps, schema_editor):
    call_command("createcachetable", "kanjian_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_tokens")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
