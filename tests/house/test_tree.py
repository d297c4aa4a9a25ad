"""The tree itself: every file in its place, short, at home on any machine."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 500
SOURCES = ("survey", "tests", "bench", "look", "deploy")
WRITTEN = (".py", ".html", ".js", ".scss", ".md", ".sh", ".conf", ".service", ".timer")
NO_NAMES = {"utils", "helpers", "common", "base", "manager", "service", "misc"}
OTHER_TESTS = {"house", "journeys", "durability"}
# Put together here, so that this file does not hold what it looks for.
FOREIGN = tuple(
    "".join(parts)
    for parts in (
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/wo", "rk/main"),
        ("py", "pi.org"),
        ("files.python", "hosted"),
        ("index", "-url"),
        ("find", "-links"),
        ("registry.npm", "js"),
    )
)


def files(*suffixes: str) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            is_ours = path.is_file() and "__pycache__" not in path.parts
            if is_ours and (not suffixes or path.suffix in suffixes):
                yield path


def requirements(name: str) -> set[tuple[str, str]]:
    """Names and versions pinned by a lock; a name has several for several Pythons."""
    pin = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z]+\])?==([^ ;]+)", re.MULTILINE)
    return set(pin.findall((ROOT / name).read_text(encoding="utf-8")))


def test_no_written_file_passes_500_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in files(*WRITTEN)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in files(".py") if path.stem in NO_NAMES] == []


def test_every_module_says_what_it_knows() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in files(".py")
        if "tests" not in path.parts
        and path.read_text(encoding="utf-8").strip()
        and not path.read_text(encoding="utf-8").startswith('"""')
    ]

    assert silent == []


def test_tests_mirror_the_rooms() -> None:
    rooms = {path.stem for path in (ROOT / "survey").iterdir()}
    folders = {
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }

    assert folders - OTHER_TESTS <= rooms


def test_no_room_imports_a_floor_above_its_own() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_names_a_registry_or_a_place_on_the_authors_machine() -> None:
    checked = [
        *files(*WRITTEN, ".toml", ".lock", ".cfg"),
        # Of a linked work tree `.git` is a file, which names the tree it hangs on.
        *(one for one in ROOT.iterdir() if one.is_file() and one.name != ".git"),
        ROOT / ".ci" / "run",
    ]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in checked
        for word in FOREIGN
        if word in path.read_text(encoding="utf-8")
    ]

    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_everything_with_hashes_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())

    assert "://" not in text
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[a-z0-9-]+(\[[a-z]+\])?==\S+", block), block
        assert "--hash=sha256:" in block, block


def test_the_locks_agree_and_hold_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    run, dev = requirements("requirements.lock"), requirements("requirements-dev.lock")
    names, dev_names = {one for one, _ in run}, {one for one, _ in dev}

    def declared(some: list[str]) -> set[str]:
        return {re.split(r"[\[<>=!~; ]", one)[0].lower() for one in some}

    extras = project["optional-dependencies"]
    assert declared(project["dependencies"]) <= names
    assert declared(extras["postgresql"]) <= names
    assert declared(extras["test"]) <= dev_names
    assert "flit-core" in names
    assert run <= dev


def test_a_packed_static_file_is_the_file_it_stands_beside() -> None:
    for path in (ROOT / "survey" / "static").rglob("*.gz"):
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()


def test_the_instance_folder_keeps_its_content_out_of_the_repository() -> None:
    ignored = (ROOT / "instance" / ".gitignore").read_text(encoding="utf-8").split()

    assert ignored == ["*", "!.gitignore"]
