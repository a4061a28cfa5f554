from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crescendo.core.errors import NotFound
from crescendo.core.live import READER
from crescendo.pages import live_topics


@require_safe
@login_required
def live_stream(request: HttpRequest) -> HttpResponse:
    """What an open page wants to hear of, as far as its reader may see it. `live_streams` keeps the answer open."""
    topics = live_topics.allowed(viewer=request.viewer, asked=request.GET.getlist("topic"))
    if not topics:
        raise NotFound
    response = HttpResponse("retry: 2000\n\n", content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    # The reader is a topic of its own, so that signing out ends the answer at once.
    response["X-Live-Topics"] = " ".join([*topics, f"{READER}{request.user.pk}"])
    return response
