"""An attacker who has the whole database, or a copy of it, and wants to know which
response came in through which link.

Of every link and of every response all that can be read is gathered as keys: the
columns of the row, of every row of any other table that names the link or its batch,
what the database itself keeps beside a row (number of the transaction, place on the
disk), and where in the file its bytes stand. Then every key of links is laid against
every key of responses in two ways:

* equal: a value that one link and one response have in common, and no other, joins
  them;
* in order: links and responses are sorted, and those at the same place are joined.

By chance an order joins about one pair rightly, whatever the number of links, and its
rank correlation with the truth is near 0, with a deviation of 1/√(n-1).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import sqlalchemy as sa

Keys = dict[str, dict[Any, Any]]
"""By name of the key: its value for each link, or for each response."""
NAMES_LINKS = {"link_id", "sole_link_id"}
LEAK = 5.0
"""Deviations from chance from which an order is a leak: by chance one order of two
million reaches it; the true order of forty reaches √39 = 6.2."""
MOST_RIGHT = 9
"""Right pairs beyond those expected from which equal values are a leak: by chance one
of ten million keys has more; a counter of each batch joins twenty."""
FEWEST = 12
"""Of fewer no order is judged."""


@dataclass(frozen=True)
class Found:
    """A way that joins links to responses better than chance."""

    of_links: str
    of_responses: str
    right: float
    by: str


def sweep(links: Keys, responses: Keys, truth: Mapping[Any, Any]) -> list[Found]:
    """Lay every key of links against every key of responses.

    Args:
        truth: the response of each link, only to see who guessed right.
    """
    found = []
    for name, of_link in links.items():
        for other, of_response in responses.items():
            right = _equal(of_link, of_response, truth)
            if right > MOST_RIGHT:
                found.append(Found(name, other, right, "equal"))
            deviations = _ordered(of_link, of_response, truth)
            if abs(deviations) > LEAK:
                found.append(Found(name, other, deviations, "order"))
    return found


def _equal(
    of_link: Mapping[Any, Any], of_response: Mapping[Any, Any], truth: Mapping[Any, Any]
) -> float:
    """Right pairs among those that share a value with each other alone, less those
    expected of as many blind guesses."""
    once = _only(of_response)
    pairs = [
        (link, once[value]) for value, link in _only(of_link).items() if value in once
    ]
    right = sum(truth.get(link) == response for link, response in pairs)
    return right - len(pairs) / len(truth)


def _only(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """Whose value it is, of values that one alone has."""
    times = Counter(values.values())
    return {value: key for key, value in values.items() if times[value] == 1}


def _ordered(
    of_link: Mapping[Any, Any], of_response: Mapping[Any, Any], truth: Mapping[Any, Any]
) -> float:
    """How many deviations the rank correlation lies from chance; 0 where a key says
    too little to sort by."""
    known = [
        (of_link[link], of_response[response])
        for link, response in truth.items()
        if link in of_link and response in of_response
    ]
    if len(known) < FEWEST:
        return 0.0
    left = _ranks([one for one, _ in known])
    right = _ranks([other for _, other in known])
    return _correlation(left, right) * sqrt(len(known) - 1)


def _ranks(values: Sequence[Any]) -> list[float]:
    """Ranks; equals share theirs."""
    ordered = sorted(values)
    first: dict[Any, int] = {}
    last: dict[Any, int] = {}
    for place, value in enumerate(ordered):
        first.setdefault(value, place)
        last[value] = place
    return [(first[value] + last[value]) / 2 for value in values]


def _correlation(left: Sequence[float], right: Sequence[float]) -> float:
    middle = (len(left) - 1) / 2
    a, b = [x - middle for x in left], [y - middle for y in right]
    spread = sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / spread if spread else 0.0


def keys_of(connection: sa.Connection) -> tuple[Keys, Keys]:
    """All keys of links and of responses in a database, by link id and response id."""
    tables = _tables(connection)
    links: Keys = defaultdict(dict)
    responses: Keys = defaultdict(dict)
    for row in tables["responses"]:
        for name, value in row.items():
            responses[name][row["id"]] = _comparable(value)
    batch_of = {row["id"]: row["batch_id"] for row in tables["links"]}
    dossier_of = {row["id"]: row["dossier_id"] for row in tables["links"]}
    for row in tables["links"]:
        for name, value in row.items():
            links[f"links.{name}"][row["id"]] = _comparable(value)
    for table, rows in tables.items():
        if table in ("links", "responses"):
            continue
        for link_id, row in _about_links(rows, table, batch_of, dossier_of):
            for name, value in row.items():
                # Of several rows about one link the first and the last count.
                for which, pick in (("least", min), ("most", max)):
                    key, new = f"{table}.{name} {which}", _comparable(value)
                    kept = links[key].get(link_id, new)
                    links[key][link_id] = pick(kept, new)
    return links, responses


def _about_links(
    rows: Sequence[Mapping[str, Any]],
    table: str,
    batch_of: Mapping[int, int],
    dossier_of: Mapping[int, int],
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    by_batch, by_dossier = defaultdict(list), defaultdict(list)
    for link_id, batch_id in batch_of.items():
        by_batch[batch_id].append(link_id)
    for link_id, dossier_id in dossier_of.items():
        by_dossier[dossier_id].append(link_id)
    for row in rows:
        for name in NAMES_LINKS & row.keys():
            if row[name] is not None:
                yield row[name], row
        if "batch_id" in row:
            yield from ((link_id, row) for link_id in by_batch[row["batch_id"]])
        if "dossier_id" in row:
            yield from ((link_id, row) for link_id in by_dossier[row["dossier_id"]])
        if table == "batches":
            yield from ((link_id, row) for link_id in by_batch[row["id"]])
        if table == "dossiers":
            yield from ((link_id, row) for link_id in by_dossier[row["id"]])


def _tables(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table in the order in which it lies there, with what the
    database keeps beside it."""
    is_sqlite = connection.dialect.name == "sqlite"
    found = {}
    for name in sa.inspect(connection).get_table_names():
        beside = "" if is_sqlite else (
            ", xmin::text::bigint AS of_transaction, xmax::text::bigint AS taken_by, "
            "cmin::text::bigint AS of_command, "
            "(ctid::text::point)[0] * 1000 + (ctid::text::point)[1] AS on_disk"
        )  # fmt: skip
        rows = connection.exec_driver_sql(f'SELECT *{beside} FROM "{name}"')  # noqa: S608
        found[name] = [
            {**row._mapping, "as_it_lies": place} for place, row in enumerate(rows)
        ]
        if is_sqlite:
            _add_rowids(connection, name, found[name])
    return found


def _add_rowids(
    connection: sa.Connection, name: str, rows: list[dict[str, Any]]
) -> None:
    try:
        ids = connection.exec_driver_sql(f'SELECT rowid FROM "{name}"').scalars().all()  # noqa: S608
    except sa.exc.OperationalError:
        return  # the table has none
    for row, rowid in zip(rows, ids, strict=True):
        row["rowid"] = rowid


def in_bytes(path: Path, links: Keys, responses: Keys) -> None:
    """Add where in a file the bytes of each link and response stand, first and last."""
    raw = path.read_bytes()
    for keys, name in (
        (links, "links.token_hash"),
        (responses, "id"),
        (responses, "receipt_hash"),
    ):
        for which, find in (("first", raw.find), ("last", raw.rfind)):
            keys[f"{name} {which} in the file"] = {
                one: find(str(value[1]).encode()) for one, value in keys[name].items()
            }


def in_dump(text: str, links: Keys, responses: Keys) -> None:
    """As `in_bytes`, of a copy that was written out as text."""
    places = {word: at for at, word in enumerate(re.findall(r"[0-9a-f]{16,64}", text))}
    for keys, name in ((links, "links.token_hash"), (responses, "id")):
        keys[f"{name} in the copy"] = {
            one: places[str(value[1])] for one, value in keys[name].items()
        }


def _comparable(value: Any) -> tuple[int, Any]:
    """Numbers before texts, so that any two values of a column can be sorted."""
    if value is None:
        return (0, "")
    if isinstance(value, bool | int | float):
        return (1, float(value))
    return (2, str(value))
