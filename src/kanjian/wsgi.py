"""WSGI entry point for granian and friends."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjian.settings")
application = get_wsgi_application()
