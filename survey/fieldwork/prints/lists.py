"""Links as rows of a list; every address begins with SURVEY_PUBLIC_URL, never with the
host of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import tee
from typing import Final
from urllib.parse import urlsplit

from survey import codes
from survey.config import LOOPBACK_HOSTS, Settings
from survey.fieldwork.links import Made
from survey.models import Wave

CSV_HEAD: Final = ("link", "url", "kind", "unit", "procedure", "dossier")
OFFICE_HEAD: Final = (*CSV_HEAD, "code")
"""Of the list that an office downloads: with the code as its prints say it."""


def url_of(settings: Settings, token: str) -> str:
    """The address behind a link's QR code."""
    return f"{settings.public_origin}/p/{token}"


def works_here_only(settings: Settings) -> bool:
    """Whether the address in the codes opens on this machine and on no telephone."""
    host = urlsplit(settings.public_origin).hostname or ""
    if host in LOOPBACK_HOSTS:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def link_rows(settings: Settings, made: Iterable[Made]) -> Iterator[tuple[str, ...]]:
    """Rows under CSV_HEAD. A dossier's address is empty unless its token is given."""
    for one in made:
        link = one.link
        yield (
            str(link.id),
            url_of(settings, one.token) if one.token else "",
            link.kind,
            link.unit.code,
            link.procedure.code if link.procedure else "",
            link.dossier.code if link.dossier else "",
        )


def office_rows(settings: Settings, made: Iterable[Made]) -> Iterator[tuple[str, ...]]:
    """Rows under OFFICE_HEAD; without a token there is no code either."""
    # Both read the same links, one at a time, so that a long list is never held.
    ours, theirs = tee(made)
    for one, row in zip(ours, link_rows(settings, theirs), strict=True):
        yield (*row, codes.grouped(one.token) if one.token else "")


def file_stem(wave: Wave) -> str:
    """Begin of the names of a wave's files, made of its id alone."""
    # An id made of a title often says so by itself.
    return wave.id if wave.id.startswith("khao-sat") else f"khao-sat-{wave.id}"
