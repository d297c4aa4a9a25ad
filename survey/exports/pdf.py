"""HTML made into a PDF, by a child process: the library of layout needs more memory
than a whole worker of the server may take, and keeps it.

The child reads no file but the typeface that lies here: a document carries its style in
itself. Liberation Serif stands in for Times New Roman; machines that have one of that
name may have its first version, which lacks most letters of Vietnamese.
"""

from __future__ import annotations

import subprocess  # nosec B404
import sys
from pathlib import Path
from typing import Any, Final

FONTS: Final = Path(__file__).parent / "fonts"
INSTALL: Final = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
VARIANT: Final = "pdf/ua-1"
SECONDS: Final = 120
_NO_LIBRARY: Final = 3


class PdfError(Exception):
    """No PDF could be made; the message says in both languages what to do."""


def pdf(html: str) -> bytes:
    """A tagged PDF of an HTML document.

    Raises:
        PdfError: the machine lacks a library or the typeface, or layout failed.
    """
    done = _child("make", html.encode())
    if not done.startswith(b"%PDF-"):
        raise PdfError("không tạo được tệp PDF / no PDF could be made")
    return done


def fault() -> str | None:
    """What this machine lacks for making PDFs, or None."""
    try:
        _child("look", b"")
    except PdfError as error:
        return str(error)
    return None


def _child(task: str, given: bytes) -> bytes:
    # Isolated (-I): beside this file lie modules named as some of the library's own.
    command = [sys.executable, "-I", __file__, task]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 - no shell, our own file
            command, input=given, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(
            f"tạo PDF quá {SECONDS} giây / making the PDF took too long"
        ) from error
    if done.returncode:
        raise PdfError(_told(done.returncode, done.stderr))
    return done.stdout


def _told(code: int, stderr: bytes) -> str:
    if code == _NO_LIBRARY:
        return f"thiếu thư viện Pango để tạo PDF / Pango is missing: {INSTALL}"
    last = stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
    return f"không tạo được PDF / no PDF could be made: {last[:200]}"


def _library() -> Any:
    """WeasyPrint, imported here alone and only in the child."""
    try:
        import weasyprint
    except OSError:
        sys.exit(_NO_LIBRARY)
    return weasyprint


def _fetcher(library: Any) -> Any:
    own = {font.as_uri() for font in FONTS.glob("*.ttf")}

    class OwnFiles(library.urls.URLFetcher):  # type: ignore[misc]
        """Fetches our typeface, and nothing else from anywhere."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Refuse every other address."""
            if url not in own:
                raise library.urls.FatalURLFetchingError(f"refused: {url[:80]}")
            return super().fetch(url, headers)

    return OwnFiles()


def _main(task: str) -> None:
    library = _library()
    if task == "make":
        document = library.HTML(
            string=sys.stdin.buffer.read().decode(),
            base_url=f"{FONTS.as_uri()}/",
            url_fetcher=_fetcher(library),
        )
        sys.stdout.buffer.write(document.write_pdf(pdf_variant=VARIANT))


if __name__ == "__main__":
    _main(sys.argv[1])
