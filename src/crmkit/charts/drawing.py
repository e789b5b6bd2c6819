"""A chart as a picture: SVG that reads well on light, dark and paper, or PNG."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

from crmkit.charts.colours import DARK
from crmkit.charts.specifying import WIDTH, spec
from crmkit.core.errors import ExtraMissing, Invalid
from crmkit.core.normalise.text import shown_safely
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from crmkit.core.model.chart import Chart

_VERSION: Final = "5.20"
_TAG: Final = re.compile("<[^>]*>")
_SHARP: Final = 2  # a PNG has so many dots for each pixel


def drawn(chart: Chart, form: Literal["svg", "png"], width: int = WIDTH) -> bytes:
    """The picture, `width` pixels wide; as tall as it takes. Nothing is fetched from a network.

    An SVG has the chart's title and what it says as its text, fetches nothing, and is dark on a dark screen;
    the ids in it begin with the chart's `name`, so give two charts of one page different names. A PNG is
    light, with two dots for each pixel. Raises `ExtraMissing` without the extra, `Invalid` as `spec` does.
    """
    if form not in ("svg", "png"):
        raise Invalid(phrase('A chart is drawn as svg or png, not "{form}"', form=form))
    renderer = _renderer()
    what: dict[str, Any] = {"vl_spec": spec(chart, width), "vl_version": _VERSION, "allowed_base_urls": []}
    if form == "png":
        return bytes(renderer.vegalite_to_png(**what, scale=_SHARP))
    return _dressed(renderer.vegalite_to_svg(**what), chart, width).encode()


def _renderer() -> ModuleType:
    try:
        import vl_convert
    except ImportError:
        raise ExtraMissing(
            "Drawing charts needs vl-convert-python, which is not installed",
            hint="Run: pip install 'crmkit[analytical]'",
        ) from None
    return vl_convert


def _dressed(svg: str, chart: Chart, width: int) -> str:
    """The renderer's SVG with a text alternative, ids of its own, and colours for a dark screen."""
    name = f"{re.sub('[^A-Za-z0-9_-]', '-', chart.name)}-{width}"
    # The renderer counts on from picture to picture; here the same chart is the same file each time.
    found = dict.fromkeys(each for tag in _TAG.findall(svg) for each in re.findall(' id="([^"]*)"', tag))
    ids = {each: f"{name}-{i}" for i, each in enumerate(found, start=1)}
    svg = _TAG.sub(lambda tag: _plain_tag(tag[0], ids), svg)
    size = re.search(r'width="([0-9.]+)" height="([0-9.]+)"', svg)
    assert size is not None, "the renderer writes a size"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="crmkit-chart" role="img" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" '
        f'width="{size[1]}" height="{size[2]}" viewBox="0 0 {size[1]} {size[2]}">'
        f'<title id="{name}-title">{escape(shown_safely(chart.title))}</title>'
        f'<desc id="{name}-desc">{escape(shown_safely(chart.says))}</desc>'
        f"<style>{_style()}</style>"
    )
    return head + svg[svg.index(">") + 1 :]


def _plain_tag(tag: str, ids: Mapping[str, str]) -> str:
    """A tag without roles of its parts, which the picture's one text stands for, and with its own ids."""
    tag = re.sub(r' (?:role|aria-[a-z]+|class)="[^"]*"', "", tag)
    tag = re.sub(r' id="([^"]*)"', lambda found: f' id="{ids[found[1]]}"', tag)
    return re.sub(r"url\(#([^)]*)\)", lambda found: f"url(#{ids[found[1]]})", tag)


def _style() -> str:
    """Dark colours on a dark screen; whoever knows no style sheets, and paper, has the light ones."""
    rules = "".join(
        f'.crmkit-chart [{what}="{light}"]{{{what}:{dark}}}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"
