"""A bare Flask application behind the same server: the least a page can cost.

Usage: python -m bench.bare PORT FOLDER, with `page.html` and `page.bytes` in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Flask, Response, render_template

from survey.cli.serve import run

RENDERED = "/p/rendered/page"
CONSTANT = "/p/constant/page"


def make(folder: Path) -> Flask:
    """An application of two pages: a template of ready text, and constant bytes."""
    app = Flask(__name__, template_folder=str(folder))
    constant = (folder / "page.bytes").read_bytes()

    @app.get("/p/rendered/<page>")
    def rendered(page: str) -> str:
        return render_template("page.html")

    @app.get("/p/constant/<page>")
    def unchanged(page: str) -> Response:
        return Response(constant, content_type="text/html; charset=utf-8")

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    return app


def prepare(folder: Path, html: bytes) -> None:
    """Put the page that is to be rendered into a folder."""
    text = html.decode()
    (folder / "page.html").write_text(
        f"{{% raw %}}{text}{{% endraw %}}", encoding="utf-8"
    )
    (folder / "page.bytes").write_bytes(html)


def main(port: int, folder: Path) -> None:
    """Serve, with the settings of `survey serve` but for its database."""
    run(make(folder), host="127.0.0.1", port=port, workers=2)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
