"""A letter for one dossier in the form of an official letter; number, date and
signature are left for the office, whose letter it becomes.

Source: domain.md section 12 (NĐ 30/2020/NĐ-CP): margins, faces and sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from survey.exports.prints.page import Bar, Column, Mark, Page, Para, column
from survey.exports.prints.parts import code_at, decoration, sample_bar
from survey.exports.prints.said import IN_ENGLISH, Asker, Said
from survey.exports.prints.typefaces import FACES, GLUE

WIDTH, HEIGHT = 210.0, 297.0
LEFT: Final = 30.0
RIGHT: Final = 18.0
TOP: Final = 20.0
BOTTOM: Final = 20.0
INNER: Final = WIDTH - LEFT - RIGHT
SENDER: Final = 62.0
NATION: Final = 94.0
CODE_SIDE: Final = 47.0
COUNTRY: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
INDENT: Final = 12.7
SIGNED: Final = 24.0
"""Room for a signature and a seal."""


def letter(asker: Asker, said: Said) -> Page:
    """One page for one dossier."""
    marks: list[Mark] = list(sample_bar(asker, LEFT, 8.0, INNER, 6.0))
    y = TOP + _head(marks, asker, said)
    foot = column(_foot(asker), INNER)
    sign = column(_signature(asker), NATION)
    after = column(_after(asker, said), INNER)
    end = HEIGHT - BOTTOM - foot.height
    room = 0.0 if asker.signer_name else SIGNED
    fixed = CODE_SIDE + after.height + sign.height + room + 12.0
    body = column(_body(asker, said), INNER, end - y - fixed)
    marks += body.at(LEFT, y)
    y += body.height + 2.0

    marks.append(code_at(said, LEFT, y, CODE_SIDE))
    way = column(_way(asker, said), INNER - CODE_SIDE - 3.0, CODE_SIDE - 4.0)
    marks += way.at(LEFT + CODE_SIDE + 3.0, y + (CODE_SIDE - way.height) / 2)
    y += CODE_SIDE + 2.0

    marks += after.at(LEFT, y)
    y += after.height + 5.0
    marks += column(_copies(), SENDER).at(LEFT, y)
    marks += sign.at(LEFT + INNER - NATION, y)

    marks.append(decoration(Bar(x=LEFT, y=end - 2.0, width=INNER, height=0.2)))
    marks += foot.at(LEFT, end)
    return Page(width=WIDTH, height=HEIGHT, parts=[marks])


def _head(marks: list[Mark], asker: Asker, said: Said) -> float:
    """The two columns that every official letter begins with; how high they are."""
    nation_x = LEFT + INNER - NATION
    sender = column(_sender(asker), SENDER)
    marks += sender.at(LEFT, TOP)
    marks.append(_under(asker.short_agency.upper(), LEFT, sender, SENDER, 0.4))
    nation = column(_nation(), NATION)
    marks += nation.at(nation_x, TOP)
    marks.append(_under(MOTTO, nation_x, nation, NATION, 1.0, size=14.0))
    y = max(sender.height, nation.height) + 4.0
    number = column(_number(), SENDER)
    marks += number.at(LEFT, TOP + y)
    day = column(_day(asker), NATION)
    marks += day.at(nation_x, TOP + y)
    y += max(number.height, day.height) + 8.0
    to = column(_to(said), INNER)
    marks += to.at(LEFT, TOP + y)
    return y + to.height + 5.0


def _under(
    text: str, x: float, above: Column, width: float, part: float, size: float = 13.0
) -> Mark:
    """The line under the name of the office, or under the motto."""
    long = min(FACES["serif-bold"].width(text, size), width) * part
    return decoration(
        Bar(
            x=x + (width - long) / 2,
            y=TOP + above.height + 0.8,
            width=long,
            height=0.25,
        )
    )


def _sender(asker: Asker) -> Sequence[Para]:
    return [
        Para(
            text=asker.superior.upper(), face="serif", size=13.0, align="center",
            leading=1.2,
        ),
        Para(
            text=asker.short_agency.upper(), face="serif-bold", size=13.0,
            align="center", leading=1.2,
        ),
    ]  # fmt: skip


def _nation() -> Sequence[Para]:
    return [
        Para(text=COUNTRY, face="serif-bold", size=12.5, align="center", leading=1.2),
        Para(text=MOTTO, face="serif-bold", size=14.0, align="center", leading=1.2),
    ]


def _number() -> Sequence[Para]:
    return [
        Para(text="Số: ………/…………", face="serif", size=13.0, align="center"),
        Para(
            text="V/v mời đánh giá việc giải quyết thủ tục hành chính",
            face="serif",
            size=12.0,
            align="center",
            leading=1.2,
            before=0.5,
        ),
    ]


def _day(asker: Asker) -> Sequence[Para]:
    place = f"{asker.place}, " if asker.place else ""
    return [
        Para(
            text=f"{place}ngày …… tháng …… năm {asker.year}",
            face="serif-italic",
            size=13.5,
            align="center",
        )
    ]


def _to(said: Said) -> Sequence[Para]:
    whose = f" có hồ sơ số {said.dossier}" if said.dossier else ""
    return [
        Para(
            text=f"Kính gửi: Quý doanh nghiệp{whose}",
            face="serif",
            size=14.0,
            align="center",
            role="H1",
        )
    ]


def _body(asker: Asker, said: Said) -> Sequence[Para]:
    dossier = "hồ sơ nêu trên" if said.dossier else "hồ sơ của Quý doanh nghiệp"
    about = f" thuộc thủ tục “{said.procedure}”," if said.procedure else ""
    return [
        _text(
            f"Việc giải quyết {dossier},{about} do {said.unit} phụ trách, đã kết thúc. "
            f"Để phục vụ tốt hơn, {asker.agency} trân trọng mời Quý doanh nghiệp đánh "
            "giá việc giải quyết hồ sơ này, dù kết quả thế nào."
        ),
        _text(
            f"Trả lời mất khoảng {asker.minutes} phút, không cần đăng nhập, không bắt "
            "buộc ghi tên. Câu trả lời được tổng hợp chung; công chức giải quyết hồ sơ "
            "không xem được từng phiếu. Đánh giá cao hay thấp không ảnh hưởng đến việc "
            "giải quyết các hồ sơ khác của Quý doanh nghiệp."
        ),
    ]


def _text(text: str) -> Para:
    return Para(
        text=text,
        face="serif",
        size=13.5,
        least=9.5,
        leading=1.3,
        align="justify",
        indent=INDENT,
        before=2.0,
        gives_way=True,
    )


def _way(asker: Asker, said: Said) -> Sequence[Para]:
    def line(text: str) -> Para:
        return Para(
            text=text, face="serif", size=13.0, least=9.5, before=1.0, leading=1.25
        )

    return [
        line("Cách trả lời: quét mã bên cạnh bằng máy ảnh của điện thoại;"),
        line(f"hoặc mở trang {asker.site} và gõ mã:"),
        Para(
            text=said.code,
            face="serif-bold",
            size=16.0,
            on_one_line=True,
            before=1.5,
        ),
        line(f"Mã dùng một lần, có giá trị đến hết{GLUE}ngày{GLUE}{said.until}."),
    ]


def _after(asker: Asker, said: Said) -> Sequence[Para]:
    return [
        _text(
            f"Để biết mã này là thật, xin vào {asker.site}/kiem-tra-ma và gõ mã; "
            f"địa chỉ đúng luôn bắt đầu bằng {asker.origin}/. {asker.contact} sẵn "
            "sàng giải đáp khi có điều chưa rõ."
        ),
        _text("Trân trọng cảm ơn Quý doanh nghiệp./."),
    ]


def _copies() -> Sequence[Para]:
    return [
        Para(text="Nơi nhận:", face="serif-bold-italic", size=12.0, leading=1.2),
        Para(text="- Như trên;", face="serif", size=11.0, leading=1.2),
        Para(text="- Lưu: VT.", face="serif", size=11.0, leading=1.2),
    ]


def _signature(asker: Asker) -> Sequence[Para]:
    """Who signs, and the name with room above it, or room for the whole."""

    def line(text: str, before: float = 0.0) -> Para:
        return Para(
            text=text,
            face="serif-bold",
            size=13.5,
            align="center",
            leading=1.2,
            before=before,
        )

    titles = [line(text) for text in asker.signer if text]
    name = [line(asker.signer_name, before=SIGNED)] if asker.signer_name else []
    return [*titles, *name]


def _foot(asker: Asker) -> Sequence[Para]:
    return [
        Para(text=IN_ENGLISH, face="serif-italic", size=11.0, language="en"),
    ]
