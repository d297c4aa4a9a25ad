"""Score rules from the command line: loaded whole, exported, loaded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import cast
from tests.terminal import Terminal

RULES = """
[[rule]]
code = "hai-long"
title = "Mức độ hài lòng"
kind = "linear"
measure = "survey"
maximum = 10
source = "1/QĐ-UBND"

[[rule]]
code = "dung-han"
title = "Đúng hạn"
kind = "bands"
measure = "other"
steps = [[0, 0], [80, 4], [90, 5]]
"""


@pytest.mark.usefixtures("world")
def test_rules_are_loaded_listed_exported_and_known_again(
    terminal: Terminal, tmp_path: Path
) -> None:
    file, exported = tmp_path / "quy-tac.toml", tmp_path / "ra.toml"
    file.write_text(RULES, "utf-8")
    said = terminal("scorecard", "rules", "load", file)
    assert (said.code, said.out) == (0, "Thêm / added: hai-long, dung-han\n")
    said = terminal("scorecard", "rules", "list")
    assert [line.split("\t")[:4] for line in said.lines] == [
        ["dung-han", "1", "bands", "5.00"],
        ["hai-long", "1", "linear", "10.00"],
    ]
    assert "quy tắc do cơ quan cấu hình" in said.lines[0]
    assert "1/QĐ-UBND" in said.lines[1]
    assert terminal("scorecard", "rules", "export", "-o", exported).code == 0
    said = terminal("scorecard", "rules", "load", exported)
    assert said.out == "Không đổi / same: dung-han, hai-long\n"


def test_a_faulty_file_changes_nothing_and_says_where_in_both_languages(
    terminal: Terminal, world: cast.World, tmp_path: Path
) -> None:
    file = tmp_path / "quy-tac.toml"
    file.write_text(RULES.replace("maximum = 10", "maximum = 1000"), "utf-8")
    said = terminal("scorecard", "rules", "load", file)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "Quy tắc thứ 1, mục maximum" in said.err
    assert "Rule 1, item maximum" in said.err
    assert terminal("scorecard", "rules", "list").out == ""
