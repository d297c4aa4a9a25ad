"""Every printed size is read by a real decoder from its file at 150 dpi: as it is,
turned, smudged, faded, photographed, and with all of that at once."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from survey.exports import prints
from tests.exports import said
from tests.exports.said import KINDS

DPI = 150
SMUDGED = 0.10
CORNERS = 9 / 49
"""The part of a code's side that the patterns at three of its corners take, with the
white around them and the words of the format beside them: no decoder does without."""


def read(picture: Image.Image) -> set[str]:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return {one.text for one in found}


@pytest.fixture(scope="module")
def rastered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """Each print, drawn once and made into pixels once."""
    folder = tmp_path_factory.mktemp("prints")

    def raster(kind: str) -> Image.Image:
        path = said.write(folder, kind)
        target = str(folder / kind)
        subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-gray", "-singlefile", path, target],
            check=True,
        )
        with Image.open(Path(f"{target}.pgm")) as picture:
            return picture.copy()

    return {kind: raster(kind) for kind in KINDS}


def as_it_is(picture: Image.Image) -> Image.Image:
    return picture


def turned(picture: Image.Image) -> Image.Image:
    return picture.rotate(
        7, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC
    )


def faded(picture: Image.Image) -> Image.Image:
    """Printed in 50 per cent grey."""
    return picture.point(lambda level: 128 + level // 2)


def squares_of(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """Where the codes are."""
    found = []
    for one in zxingcpp.read_barcodes(picture):
        where = one.position
        found.append(
            (
                where.top_left.x,
                where.top_left.y,
                where.bottom_right.x,
                where.bottom_right.y,
            )
        )
    return found


def blotted(picture: Image.Image) -> Image.Image:
    """Each code with opaque blots, black and white and grey, on a tenth of it."""
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    chance = random.Random(20260827)  # noqa: S311 - the same blots every time
    for left, top, right, bottom in squares_of(picture):
        side = right - left
        corners = [(left, top), (right, top), (left, bottom)]
        covered = Image.new("1", picture.size)
        blots = ImageDraw.Draw(covered)
        while np.count_nonzero(covered) < SMUDGED * side * (bottom - top):
            radius = side * chance.uniform(0.04, 0.09)
            x = chance.uniform(left + radius, right - radius)
            y = chance.uniform(top + radius, bottom - radius)
            near = side * CORNERS + radius
            if any(abs(x - cx) < near and abs(y - cy) < near for cx, cy in corners):
                continue
            where = (x - radius, y - radius, x + radius, y + radius)
            blots.ellipse(where, fill=1)
            pen.ellipse(where, fill=chance.choice((0, 90, 160, 255)))
    return picture


def smeared(picture: Image.Image) -> Image.Image:
    """Each code with a dirty streak through it, corners and all, on a tenth of it."""
    dirt = Image.new("L", picture.size, 255)
    pen = ImageDraw.Draw(dirt)
    for left, top, right, bottom in squares_of(picture):
        side = right - left
        # A band that runs from corner to corner, as wide as makes a tenth.
        pen.line((left, top, right, bottom), fill=150, width=round(side * 0.0725))
    return ImageChops.multiply(picture, dirt)


def photographed(picture: Image.Image) -> Image.Image:
    """Seen from aside in uneven light, a little out of focus."""
    wide, high = picture.size
    seen = [
        (wide * 0.06, high * 0.04),
        (wide * 0.97, 0),
        (wide, high * 0.96),
        (0, high),
    ]
    real = [(0, 0), (wide, 0), (wide, high), (0, high)]
    rows = []
    for (x, y), (u, v) in zip(seen, real, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    factors = np.linalg.solve(np.array(rows), np.array(real, dtype=float).ravel())
    bent = picture.transform(
        picture.size,
        Image.Transform.PERSPECTIVE,
        tuple(factors),
        Image.Resampling.BICUBIC,
        fillcolor=200,
    )
    light = (
        Image.linear_gradient("L")
        .resize(picture.size)
        .point(lambda one: 170 + one // 3)
    )
    return ImageChops.multiply(bent, light).filter(ImageFilter.GaussianBlur(1.2))


def all_at_once(picture: Image.Image) -> Image.Image:
    return photographed(faded(turned(blotted(picture))))


WAYS: list[Callable[[Image.Image], Image.Image]] = [
    as_it_is,
    turned,
    blotted,
    smeared,
    faded,
    photographed,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_code_of_a_print_is_read(rastered, kind, way):
    wanted = {one.url for one in said.many(kind)}

    assert read(way(rastered[kind])) == wanted


@pytest.mark.parametrize("kind", prints.SINGLE)
def test_a_print_is_read_with_all_of_that_at_once(rastered, kind):
    """Of a sheet each card is held before the telephone alone, when it has been cut."""
    assert read(all_at_once(rastered[kind])) == {said.said().url}


def test_the_smudges_of_these_tests_cover_a_tenth_of_the_code(rastered):
    before = rastered["stand"]
    ((left, top, right, bottom),) = squares_of(before)
    for smudge in (blotted, smeared):
        after = smudge(before)
        changed = np.asarray(before, int) != np.asarray(after, int)
        # What is dark already is not seen to change; about half of a code is.
        part = np.count_nonzero(changed) / ((right - left) * (bottom - top))
        assert part > SMUDGED * 0.4
