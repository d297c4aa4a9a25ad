"""The kinds of long work: what other rooms registered, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from survey.models import Job

if TYPE_CHECKING:
    from survey.jobs.work import Work

USUAL_ROLES = ("admin", "fieldworker")
Told: TypeAlias = "tuple[str, Sequence[tuple[str, object]], Sequence[tuple[str, str]]]"
"""What a page says of work that is done: a heading, rows of a label and a value, and
links of a text and an address."""
Do = TypeVar("Do", bound="Callable[[Work], None]")
Tell = TypeVar("Tell", bound="Callable[[Job], Told]")


class JobError(Exception):
    """The work cannot be done; the message tells the person what to do next."""


class Cancelled(Exception):
    """The person cancelled the work, or another process does it now: leave it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of long work: what does it, and the roles that may look at it."""

    name: str
    do: Callable[[Work], None]
    roles: tuple[str, ...] = USUAL_ROLES


_kinds: dict[str, Kind] = {}
_done_pages: dict[str, Callable[[Job], Told]] = {}


def kind(name: str, *, roles: Iterable[str] = USUAL_ROLES) -> Callable[[Do], Do]:
    """Register what does one kind of long work.

    The function runs in a process of its own, in the application's context and outside
    any request. What it does in `work.session` without committing is committed
    together with the word that the job is done: so it happens once and no more, also
    when its process is killed. One that commits in between must bear to begin again.
    """

    def register(do: Do) -> Do:
        if name in _kinds:
            raise ValueError(f"there is a kind of job {name!r} already")
        _kinds[name] = Kind(name=name, do=do, roles=tuple(roles))
        return do

    return register


def done_page(name: str) -> Callable[[Tell], Tell]:
    """Register what the page of a job says when it is done: (heading, rows, links)."""

    def register(tell: Tell) -> Tell:
        _done_pages[name] = tell
        return tell

    return register


def find(name: str) -> Kind | None:
    """The kind of this name; None when no room knows it any more."""
    return _kinds.get(name)


def every() -> list[Kind]:
    """All kinds there are."""
    return list(_kinds.values())


def told(job: Job) -> Told | None:
    """What the room of a job says of it; None when it says nothing of its own."""
    tell = _done_pages.get(job.kind)
    return tell(job) if tell else None
