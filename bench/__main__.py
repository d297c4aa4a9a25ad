"""Runs the measurements: `python -m bench [--quick] [--data FOLDER] [NAME …]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import (
    careless,
    coverage,
    distribution,
    firstpage,
    flows,
    kill,
    machine,
    memory,
    office,
    pages,
    results,
)
from bench.figures import Book

PARTS: dict[str, Callable[[Book], None]] = {
    "pages": pages.measure,
    "flows": flows.measure,
    "firstpage": firstpage.measure,
    "memory": memory.measure,
    "kill": kill.measure,
    "results": results.measure,
    "office": office.measure,
    "careless": careless.measure,
    "coverage": coverage.measure,
    "distribution": distribution.measure,
}


def main() -> int:
    """Measure what was asked for; 1 if a figure is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument(
        "--data", type=Path, help="keep the large database of `results` in this folder"
    )
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(PARTS)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    parts: dict[str, Callable[[Book], None]] = {
        **PARTS,
        "results": partial(results.measure, data=chosen.data),
    }
    print(machine.line(), flush=True)
    book = Book(is_quick=chosen.quick)
    for name in chosen.names or parts:
        parts[name](book)
    return _conclude(book)


def _conclude(book: Book) -> int:
    held = sum(figure.limit is not None for figure in book.figures)
    over = book.over
    print(f"\n{len(book.figures)} figures, {held} with a limit, {len(over)} over")
    for figure in over:
        print(f"  {figure.line()}".rstrip())
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
