"""The web application: the webhook beside FastAPI, which has the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.figures import Ledger, figures
from web.health import unready
from web.looking import Looker
from web.webhook import PATH, Hook, Webhook

log = structlog.get_logger()


@dataclass(frozen=True)
class Site:
    """What the application serves from; no hook: updates are polled, and there is no webhook."""

    looker: Looker
    hook: Hook | None = None
    ledger: Ledger = field(default_factory=Ledger)


class Application:
    """Takes requests of the webhook aside and hands on all others; what it raises is logged without its words."""

    def __init__(self, site: Site) -> None:
        self._webhook = Webhook(site.hook) if site.hook else None
        self._pages: ASGIApp = pages(site)
        self._looker = site.looker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def sends(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        is_hook = self._webhook is not None and scope["type"] == "http" and scope["path"].startswith(PATH)
        try:
            await (self._webhook if self._webhook and is_hook else self._pages)(scope, receive, sends)
        except Exception as error:
            log.error("request_failed", error=type(error).__name__, exc_info=error)
            if not began:
                await PlainTextResponse("Something broke on our side.", 500)(scope, receive, send)

    def close(self) -> None:
        """Nothing comes any more."""
        self._looker.close()
        if self._webhook is not None:
            self._webhook.close()


def pages(site: Site) -> FastAPI:
    """Everything but the webhook. No page of documentation: FastAPI's loads its scripts from elsewhere."""
    app = FastAPI(title="Farmgate", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        """We answer: nothing else is looked at."""
        return PlainTextResponse("alive\n")

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        reasons = await unready(site.looker)
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(await figures(site.looker, site.ledger), media_type=CONTENT_TYPE_LATEST)

    return app
