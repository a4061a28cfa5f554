"""The site as an ASGI application: `uvicorn crescendo.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crescendo.settings")
application = get_asgi_application()
