"""WSGI entry of the web processes."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from xinglin.kernel.collector import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.config.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # before the first visitor comes, and for good
settle()
