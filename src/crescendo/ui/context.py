from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, object]:
    """What the frame around every page needs: rail, school, year."""
    return {}
