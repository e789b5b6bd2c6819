"""The order of plugins: that of `crm.toml`, adjusted by what their manifests require."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crmkit.core.phrase import phrase
from crmkit.core.plugins.discovery import Found, Unusable


def ordered(plugins: Sequence[Found]) -> tuple[list[Found], list[Unusable]]:
    """The plugins in their order, and those whose requirements cannot be met, each with the reason.

    A plugin comes after what it `requires` and, where those are in use, after the plugins named by `after`;
    apart from that the given order stays.
    """
    unusable: list[Unusable] = []
    waiting = {plugin.name: plugin for plugin in plugins}
    while True:
        lacking = _lacking(waiting)
        placed = [] if lacking else _placed(waiting)
        left_out = lacking or _in_a_circle(waiting, placed)
        if not left_out:
            return placed, unusable
        unusable += left_out
        for each in left_out:
            del waiting[each.name]


def _lacking(plugins: Mapping[str, Found]) -> list[Unusable]:
    found = []
    for plugin in plugins.values():
        missing = [name for name in plugin.manifest.requires if name not in plugins]
        if missing:
            found.append(_requires(plugin, missing[0]))
    return found


def _requires(plugin: Found, missing: str) -> Unusable:
    return Unusable(
        name=plugin.name,
        state="set_aside",
        version=plugin.version,
        reason=phrase(
            'Plugin "{name}" requires the plugin "{missing}", which is not loaded',
            name=plugin.name,
            missing=missing,
        ),
        hint=phrase(
            "Use it too: crm plugins enable {missing}; or neither: crm plugins disable {name}",
            missing=missing,
            name=plugin.name,
        ),
    )


def _placed(plugins: Mapping[str, Found]) -> list[Found]:
    placed: dict[str, Found] = {}
    while True:
        ready = (
            p for name, p in plugins.items() if name not in placed and _before(p, plugins) <= placed.keys()
        )
        following = next(ready, None)
        if following is None:
            return list(placed.values())
        placed[following.name] = following


def _before(plugin: Found, plugins: Mapping[str, Found]) -> set[str]:
    named = {*plugin.manifest.requires, *plugin.manifest.after}
    return {name for name in named if name in plugins}


def _in_a_circle(plugins: Mapping[str, Found], placed: Sequence[Found]) -> list[Unusable]:
    """The plugins of one circle among those that could not be placed."""
    done = {plugin.name for plugin in placed}
    stuck = [name for name in plugins if name not in done]
    if not stuck:
        return []
    path = [stuck[0]]
    while path[-1] not in path[:-1]:
        path.append(min(_before(plugins[path[-1]], plugins) - done))
    circle = path[path.index(path[-1]) :]
    shown = " → ".join(circle)
    return [
        Unusable(
            name=name,
            state="set_aside",
            version=plugins[name].version,
            reason=phrase(
                'Plugin "{name}" can come neither before nor after itself: {shown}', name=name, shown=shown
            ),
            hint=phrase("Use one plugin less of these, or have their makers correct requires and after."),
        )
        for name in circle[:-1]
    ]
