"""`crm serve`: the public server."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

from crmkit.cli.findings import LEVELS
from crmkit.cli.options import shows
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.worker import Stopping
from crmkit.core.language import _, translated
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    from crmkit.web.application import Application


@click.command()
@click.option("--host", help="The address to listen at; that of [web], if not given.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The port to listen at; 0 is any free one.")
@shows
@pass_state
def serve(state: State, host: str | None, port: int | None) -> None:
    """Serve the pages and doors that the public reaches: links in messages, forms, incoming webhooks.

    It listens on this machine; a proxy before it brings the encryption. Ctrl-C or SIGTERM ends it once what
    is being answered is answered. It sends nothing: `crm worker` does.
    """
    from crmkit.web.server import listening, require_extra, run, url_of

    require_extra()
    from crmkit.web.application import application

    app = application(state.crm)
    web = state.crm.config.web
    sock = listening(host or web.host, web.port if port is None else port)
    _log_to_stderr()
    with Stopping() as stopping, sock:
        _say(state, app, url_of(sock))
        run(app, sock, stopping=lambda: stopping.asked)
    state.output.say(_("Stopped."))


def _say(state: State, app: Application, url: str) -> None:
    base = state.crm.config.web.base
    routes = sorted({route.path for route in app.routes})
    from crmkit.core.public.checking import findings_of

    for finding in findings_of(state.crm.kernel):
        state.output.say(f"{translated(LEVELS[finding.level]).capitalize()}: {safe(shown(finding.message))}")
    if state.output.is_json:
        state.output.json({"url": url, "public": base, "routes": routes})
        return
    state.output.say(_("Serving at {url}: {routes}", url=url, routes=", ".join(routes)))
    if base:
        state.output.say(_("The public reaches it at {base}. Ctrl-C ends it.", base=base))
    else:
        state.output.say(_("No message links to it before [web] url says where the public reaches it."))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("crmkit")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
