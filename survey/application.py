"""Flask without the detours that cost each page a fifth of its time: asking three times
whether a host is ours, looking through an answer for what may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEPT_HOSTS = 100
HTML = "Content-Type", "text/html; charset=utf-8"


class Application(Flask):
    """Flask, for views that are all plain functions."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """As Flask does."""
        super().__init__(*args, **options)
        self._admitted: dict[tuple[str, str], tuple[str, str]] = {}

    def ensure_sync(self, func: Any) -> Any:
        """Leave a function as it is: looking whether it is a coroutine costs."""
        return func

    def create_url_adapter(self, request: Any) -> MapAdapter | None:
        """As Flask does, which looks three times whether the host is one of ours: what
        it said of a host is remembered.

        Raises:
            SecurityError: the host is not one of ours.
        """
        if request is None:
            return super().create_url_adapter(None)
        environ = request.environ
        named = environ.get("HTTP_HOST", ""), environ["wsgi.url_scheme"]
        known = self._admitted.get(named)
        if known is None:
            adapter = super().create_url_adapter(request)
            if adapter is not None and len(self._admitted) < KEPT_HOSTS:
                self._admitted[named] = request.host, adapter.server_name
            return adapter
        request.host, server_name = known
        return MapAdapter(
            self.url_map,
            server_name=server_name,
            script_name=environ.get("SCRIPT_NAME") or "/",
            subdomain="",
            url_scheme=environ["wsgi.url_scheme"],
            path_info=request.path,
            default_method=request.method,
            query_args=environ.get("QUERY_STRING", ""),
        )


class Ready(Response):
    """An answer that is sent as it stands: whole, its length told, and if it leads on,
    to a path of ours. Werkzeug would look through it for all that may be missing.
    """

    def __init__(self, body: bytes, status: str, *headers: tuple[str, str]) -> None:
        """Keep a body of HTML in UTF-8."""
        length = ("Content-Length", str(len(body)))
        super().__init__([body], status, Headers([HTML, length, *headers]))

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Send it."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return cast("list[bytes]", self.response)
