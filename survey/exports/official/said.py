"""The words that every document of an office bears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.questionnaire.schema import Text

SAID: Final[Mapping[str, Text]] = {
    "state": Text(
        vi="CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", en="SOCIALIST REPUBLIC OF VIET NAM"
    ),
    "motto": Text(
        vi="Độc lập - Tự do - Hạnh phúc", en="Independence - Freedom - Happiness"
    ),
    "draft": Text(vi="(Dự thảo)", en="(Draft)"),
    "contents": Text(vi="MỤC LỤC", en="CONTENTS"),
    "recipients": Text(vi="Nơi nhận:", en="Recipients:"),
    "sign_here": Text(vi="(Chữ ký, dấu, họ và tên)", en="(Signature, seal, full name)"),
}
