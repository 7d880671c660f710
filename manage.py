#!/usr/bin/env python
"""Django's own commands, for developers; users have ``kanjian``."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjian.settings")
    os.environ.setdefault("KANJIAN_SECRET_KEY", "development-only-not-a-secret-0123456789-abcdefghij")
    execute_from_command_line(sys.argv)
