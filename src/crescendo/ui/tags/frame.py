"""What `ui/base.html` is made of."""

from django.template import Context
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from crescendo.ui import build

from . import register


@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> str:
    """Keeps the page's question for its two places: the window's title and the heading."""
    text = SafeString(content.strip())
    context.dicts[0]["heading"] = text
    context.dicts[0]["window_title"] = mark_safe(strip_tags(text))
    return ""


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file, `{% asset "site.css" %}`; its name changes when its content does."""
    return build.address(name)
