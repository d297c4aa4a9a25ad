"""Reading a table of a definition field by field, noting faults instead of failing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from survey.questionnaire import conditions
from survey.questionnaire.conditions import Condition, ConditionError
from survey.questionnaire.faults import Faults
from survey.questionnaire.schema import LANGUAGES, Text, placeholders

SETTINGS = frozenset({"reply_days", "contact_days", "promise_tolerance"})
MISSING = Text(vi="", en="")
UNREADABLE = Condition(text="", tests=())
"""Stands for a condition that could not be read, so that the checks pass it over."""


class Table:
    """One TOML table; every key must be asked for, or `close` calls it unknown."""

    def __init__(
        self, faults: Faults, item: str, data: Mapping[str, Any], prefix: str = ""
    ) -> None:
        self.faults = faults
        self.item = item
        self._data = data
        self._prefix = prefix
        self._asked: set[str] = set()

    def fault(self, key: str, vi: str, en: str) -> None:
        """Note a fault of one field of this table."""
        self.faults.add(self.item, self._prefix + key, vi, en)

    def has(self, key: str) -> bool:
        """Whether the table holds the key."""
        return key in self._data

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys the table holds, in the file's order."""
        return tuple(self._data)

    def close(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                self.fault(key, "không có mục này", "there is no such field")

    def text(self, key: str, allowed: frozenset[str] = SETTINGS) -> Text:
        """A required text in both languages, with placeholders of the allowed names."""
        pair = self._table(key)
        if pair is None:
            return MISSING
        read = {one: self._words(pair, f"{key}.{one}", one) for one in LANGUAGES}
        for other in pair:
            if other not in LANGUAGES:
                self.fault(
                    f"{key}.{other}", "không có mục này", "there is no such field"
                )
        text = Text(vi=read["vi"], en=read["en"])
        self._check_placeholders(key, text, allowed)
        return text

    def optional_text(
        self, key: str, allowed: frozenset[str] = SETTINGS
    ) -> Text | None:
        """A text in both languages, or none at all."""
        return self.text(key, allowed) if self.has(key) else None

    def pair(self, allowed: frozenset[str] = SETTINGS) -> Text:
        """The texts `vi` and `en` that stand in this table itself."""
        self._asked.update(LANGUAGES)
        read = {one: self._words(self._data, one, one) for one in LANGUAGES}
        text = Text(vi=read["vi"], en=read["en"])
        self._check_placeholders("", text, allowed)
        return text

    def string(self, key: str) -> str:
        """A required text without a language."""
        if not self._is_there(key):
            return ""
        return self._words(self._data, key, key)

    def integer(self, key: str, *, low: int, high: int) -> int:
        """A required whole number within bounds."""
        if not self._is_there(key):
            return low
        value = self._data[key]
        if type(value) is not int or not low <= value <= high:
            self.fault(
                key,
                f"cần một số nguyên từ {low} đến {high}",
                f"needs a whole number from {low} to {high}",
            )
            return low
        return value

    def boolean(self, key: str) -> bool:
        """A flag; false when it is not there."""
        self._asked.add(key)
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            self.fault(key, "chỉ nhận true hoặc false", "takes only true or false")
            return False
        return value

    def condition(self, key: str) -> Condition:
        """A required condition."""
        return self.parsed(key, self.string(key)) if self._is_there(key) else UNREADABLE

    def parsed(self, key: str, text: str) -> Condition:
        """A condition read from words that stand in the field `key`."""
        if not text:
            return UNREADABLE
        try:
            return conditions.parse(text)
        except ConditionError as error:
            self.fault(
                key,
                f"điều kiện sai cách viết ({error})",
                f"the condition is not well formed ({error})",
            )
            return UNREADABLE

    def strings(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of different words."""
        if not self.has(key) and not required:
            return ()
        if not self._is_there(key):
            return ()
        value = self._data[key]
        if not isinstance(value, list) or not all(isinstance(i, str) for i in value):
            self.fault(key, "cần một danh sách từ", "needs a list of words")
            return ()
        for word in sorted({word for word in value if value.count(word) > 1}):
            self.fault(key, f"{word} bị lặp lại", f"{word} stands twice")
        return tuple(value)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of at least one text, none twice, each as a text must be."""
        found = self.strings(key)
        if self.has(key) and not found:
            self.fault(key, "cần ít nhất một mục", "needs at least one entry")
        for number, text in enumerate(found, start=1):
            self._words({key: text}, f"{key}[{number}]", key)
        return found

    def table(self, key: str) -> Table:
        """A required table inside this one; an empty one when it is missing."""
        return Table(
            self.faults, self.item, self._table(key) or {}, f"{self._prefix}{key}."
        )

    def part(self, key: str) -> Table:
        """A required table that is an item of its own."""
        return Table(self.faults, key, self._table(key) or {})

    def tables(self, key: str, *, required: bool = True) -> Iterator[tuple[int, Table]]:
        """The tables of a list, numbered from 1, as parts of this item."""
        for number, data in self._list(key, required=required):
            prefix = f"{self._prefix}{key}[{number}]."
            yield number, Table(self.faults, self.item, data, prefix)

    def items(self, key: str, *, required: bool = True) -> Iterator[Table]:
        """The tables of a list that are items of their own, named by their code."""
        for number, data in self._list(key, required=required):
            code = data.get("code")
            item = code if isinstance(code, str) and code else f"{key}[{number}]"
            yield Table(self.faults, item, data)

    def _list(
        self, key: str, *, required: bool
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if not self.has(key) and not required:
            self._asked.add(key)
            return
        if not self._is_there(key):
            return
        value = self._data[key]
        if not isinstance(value, list) or not value:
            self.fault(key, "cần ít nhất một mục", "needs at least one entry")
            return
        for number, data in enumerate(value, start=1):
            if isinstance(data, dict):
                yield number, data
            else:
                self.fault(f"{key}[{number}]", "cần một bảng", "needs a table")

    def _is_there(self, key: str) -> bool:
        self._asked.add(key)
        if key not in self._data:
            self.fault(key, "còn thiếu", "is missing")
            return False
        return True

    def _table(self, key: str) -> Mapping[str, Any] | None:
        if not self._is_there(key):
            return None
        value = self._data[key]
        if not isinstance(value, dict):
            self.fault(key, "cần một bảng", "needs a table")
            return None
        return value

    def _words(self, data: Mapping[str, Any], field: str, key: str) -> str:
        value = data.get(key)
        if value is None:
            self.fault(field, "còn thiếu", "is missing")
            return ""
        if not isinstance(value, str):
            self.fault(field, "phải là chữ trong dấu nháy", "must be text in quotes")
            return ""
        if not value.strip():
            self.fault(field, "để trống", "is empty")
            return ""
        if not unicodedata.is_normalized("NFC", value):
            self.fault(field, "chữ không ở dạng NFC", "the text is not in NFC form")
        if value != value.strip() or not value.isprintable():
            self.fault(
                field,
                "có khoảng trắng thừa hoặc ký tự không in được",
                "has stray blanks or characters that cannot be printed",
            )
        return value

    def _check_placeholders(
        self, key: str, text: Text, allowed: frozenset[str]
    ) -> None:
        if not text.vi or not text.en:
            return
        found = {one: placeholders(text.get(one)) for one in LANGUAGES}
        dot = f"{key}." if key else ""
        for one in LANGUAGES:
            bare = text.get(one)
            for name in found[one]:
                bare = bare.replace(f"{{{name}}}", "")
            wrong = sorted(found[one] - allowed)
            if wrong or "{" in bare or "}" in bare:
                names = ", ".join(wrong) or "{ }"
                self.fault(
                    dot + one,
                    f"chỗ trống không dùng được: {names}",
                    f"a placeholder that cannot be used here: {names}",
                )
        if found["vi"] != found["en"]:
            self.fault(
                key,
                "chỗ trống trong tiếng Việt và tiếng Anh khác nhau",
                "the placeholders differ between Vietnamese and English",
            )


def is_readable(condition: Condition) -> bool:
    """Whether a condition was read from the file, so that it can be checked."""
    return condition is not UNREADABLE
