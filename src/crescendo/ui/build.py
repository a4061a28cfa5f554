"""Makes the files a browser loads: one style sheet, the charts' script, htmx and our own script.

`python -m crescendo.ui.build` writes them beside our static files (or into the folder it is given); `crescendo.build`
calls it once after installing, and the first page does where they are missing or out of date.
Nothing of other people's is committed: Vega comes out of vl-convert, htmx out of django-htmx. Each file's name
carries a digest of its content, so that browsers may keep it for ever; `built.json` says which name is current.
"""

import gzip
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE / "static" / "ui" / "built"
STALE_AFTER_SECONDS = 60 * 60 * 24  # a page that was open during the build may still ask for the old name
LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities")
MANIFEST = "built.json"


def style_sheet() -> str:
    """The layers in order; the components' CSS lies beside their templates."""
    parts = [f"@layer {', '.join(LAYERS)};"]
    for layer in LAYERS:
        sources = _component_styles() if layer == "components" else [HERE / "styles" / f"{layer}.css"]
        parts.append(f"@layer {layer} {{\n" + "\n".join(path.read_text() for path in sources) + "}")
    return "\n".join(parts)


def _component_styles() -> list[Path]:
    return sorted(HERE.parent.glob("*/templates/*/components/*.css"))


def charts_script() -> str:
    """Vega, Vega-Lite, Vega-Embed with its expression interpreter, and the few lines that draw our charts."""
    import vl_convert  # noqa: PLC0415  (takes a second to start, and only building needs it)

    return vl_convert.javascript_bundle(snippet=(HERE / "scripts" / "charts.js").read_text())


def htmx_script() -> str:
    return (files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js").read_text()


ASSETS: dict[str, Callable[[], str]] = {
    "site.css": style_sheet,
    "site.js": (HERE / "scripts" / "site.js").read_text,
    "live.js": (HERE / "scripts" / "live.js").read_text,
    "htmx.js": htmx_script,
    "charts.js": charts_script,
    "icon.svg": (HERE / "scripts" / "icon.svg").read_text,
}


def build(folder: Path = BUILT) -> dict[str, str]:
    """Write every file and return name -> built name. Each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for name, make in ASSETS.items():
        content = make().encode()
        stem, suffix = name.rsplit(".", 1)
        built = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        _replace(folder / built, content)
        _replace(folder / f"{built}.gz", gzip.compress(content, 9, mtime=0))
        names[name] = built
    _replace(folder / MANIFEST, json.dumps({"inputs": inputs_digest(), "names": names}).encode())
    _remove_stale(folder, set(names.values()))
    return names


def _remove_stale(folder: Path, current: set[str]) -> None:
    for path in folder.iterdir():
        is_current = path.name.removesuffix(".gz") in current or path.name == MANIFEST
        if not is_current and time.time() - path.stat().st_mtime > STALE_AFTER_SECONDS:
            path.unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def inputs_digest() -> str:
    """Changes when anything changes that the built files are made of."""
    digest = hashlib.sha256()
    for package in ("vl-convert-python", "django-htmx"):
        digest.update(f"{package} {version(package)};".encode())
    for path in _inputs():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _inputs() -> Iterable[Path]:
    yield from sorted((HERE / "styles").iterdir())
    yield from _component_styles()
    yield from sorted((HERE / "scripts").iterdir())
    yield Path(__file__)


def ensure(folder: Path = BUILT) -> dict[str, str]:
    """The built names; builds first (about two seconds) where files are missing or their sources have changed."""
    try:
        found = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        return build(folder)
    return found["names"] if found["inputs"] == inputs_digest() else build(folder)


@lru_cache(maxsize=1)
def names_of_this_process() -> dict[str, str]:
    """Looked up once: the server lists its static files at the start, so what is built later is not among them."""
    return ensure()


def address(name: str) -> str:
    """The URL of a built file. While developing (`CRESCENDO_DEBUG=1`) sources are looked at on every page."""
    from django.conf import settings  # noqa: PLC0415  (building needs no settings)

    names = ensure() if settings.DEBUG else names_of_this_process()
    return f"{settings.STATIC_URL}ui/built/{names[name]}"


def main(folder: Path = BUILT) -> None:
    for name, built in build(folder).items():
        print(f"{name} -> {folder / built}")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
