"""The WSGI application that the web server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What was loaded stays until the end. A collection that looked through all of it would stop every request at once,
# for a tenth of a second, each thousand or two requests.
gc.collect()
gc.freeze()
