"""The site as an ASGI application: `uvicorn crescendo.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from crescendo.body_limit import BodyLimit
from crescendo.live_streams import LiveStreams
from crescendo.ui import build

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crescendo.settings")
build.names_of_this_process()  # before the server lists its static files, which it does once
application = BodyLimit(LiveStreams(get_asgi_application()))
