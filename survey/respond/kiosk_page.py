"""The page of a kiosk: the whole form at once, shown part by part by a script, so that
it works for a day without a network; and what the device keeps to open it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from flask import current_app, g, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from survey import catalogue, codes, pins, web
from survey.db import AnyConnection, Statement
from survey.models import Link, Procedure
from survey.questionnaire import ProcedureFacts, Questionnaire, routing
from survey.questionnaire.offline import rules_of
from survey.questionnaire.schema import fill
from survey.questionnaire.terms import terms_of
from survey.respond import facts_page, kiosk_forms, pages
from survey.respond.frame import frame_values
from survey.respond.prepared import Prepared, part, slot
from survey.respond.visits import Visit

WORKER: Final = "kiosk-worker.js"
ASSETS: Final = (
    "survey.css",
    "kiosk.css",
    "kiosk.js",
    "kiosk-answers.js",
    "kiosk-device.js",
    "kiosk-guard.js",
    "kiosk-rules.js",
    "kiosk-store.js",
    "be-vietnam-pro-400.woff2",
    "be-vietnam-pro-700.woff2",
    "favicon.png",
    "favicon.svg",
)
GUIDANCE: Final = pages.GUIDANCE
_STRIP: Final = Markup("<span data-strip></span>")

_PIN: Final = Statement(
    sa.select(Link.__table__.c.pin_hash).where(
        Link.__table__.c.id == sa.bindparam("of_link")
    )
)
_CATALOGUE: Final = Statement(
    sa.select(
        Procedure.__table__.c.code,
        Procedure.__table__.c.working_days,
        Procedure.__table__.c.days_verified,
        Procedure.__table__.c.is_immediate,
    )
)


class Variant(NamedTuple):
    """One face of the page: its language, and how guidance is shown."""

    language: str
    arm: str

    def address(self, base: str) -> str:
        """Where the device finds it."""
        return f"{base}/kiosk?ngon-ngu={self.language}&cach={self.arm}"


def variants(visit: Visit) -> list[Variant]:
    """The faces that a wave has: in both languages, for each arm that is drawn."""
    arms = {0: ("guided",), 100: ("folded",)}.get(
        visit.folded_percent, ("guided", "folded")
    )
    return [Variant(language, arm) for language in web.LANGUAGES for arm in arms]


@contextmanager
def _in_language(language: str) -> Iterator[None]:
    before = g.get("language")
    g.language = language
    try:
        with force_locale(language):
            yield
    finally:
        g.language = before


def html(connection: AnyConnection, visit: Visit, variant: Variant) -> bytes:
    """The page of a kiosk in one of its faces, the same for everybody."""
    with _in_language(variant.language):
        prepared = pages.kept(
            (visit.sha256, "kiosk", *variant),
            lambda: Prepared.of(_rendered(visit.questionnaire, variant)),
        )
        return prepared.encoded(_values(connection, visit, variant))


def _rendered(q: Questionnaire, variant: Variant) -> str:
    language = variant.language
    known = {"agency": web.agency(language), "minutes": str(q.minutes)}
    texts = {
        one.code: pages.GuidanceTexts(
            *(slot(f"t:{one.code}:{name}") for name in GUIDANCE)
        )
        for one in q.criteria
    }
    return render_template(
        "respond/kiosk.html",
        q=q,
        lang=language,
        arm=variant.arm,
        kept_days=kiosk_forms.KEPT_DAYS,
        intro=[fill(text.get(language), known) for text in q.opening.intro],
        generals=_generals(q),
        texts=texts,
        terms=lambda code: terms_of(q, code, language),
        slot=slot,
        part=part,
        footer=pages.gapped(q.opening.footer, language, footer=True),
    )


def _generals(q: Questionnaire) -> list[Any]:
    return [one for one in q.generals if one.code not in kiosk_forms.NOT_AT_A_KIOSK]


def _values(
    connection: AnyConnection, visit: Visit, variant: Variant
) -> dict[str, Any]:
    q, language = visit.questionnaire, variant.language
    procedures = kiosk_forms.procedures_of(connection, visit)
    facts = {"F01": visit.procedure_code or ""}
    return {
        **frame_values(visit, "kiosk", csrf="", language=language),
        **facts_page.facts_values(
            visit, [one.code for one in q.facts], facts, language, procedures
        ),
        **_criteria(q, language),
        **_prompts(q),
        **_rows(visit, language),
        "unit": visit.unit_name,
        "procedure": visit.procedure_name or "",
        "edit_facts": "#page-thong-tin",
        "data": json.dumps(
            _data(connection, visit, variant, procedures), ensure_ascii=False
        ),
    }


def _criteria(q: Questionnaire, language: str) -> dict[str, Any]:
    """Every criterion in sight; the script hides what the facts rule out."""
    values: dict[str, Any] = {}
    for one in q.criteria:
        values |= {f"q:{one.code}": True, f"na:{one.code}": True}
        if one.strip:
            values |= {f"f:{one.code}": True, f"strip:{one.code}": _STRIP}
        for name in GUIDANCE:
            text = q.filled(getattr(one, name), language)
            values[f"t:{one.code}:{name}"] = _pointing(text)
    return values


def _pointing(text: str) -> Markup:
    """A text whose brackets the script can shorten or hide."""
    found = []
    for piece in routing.pieces(text):
        if isinstance(piece, routing.Bracket):
            listed = ", ".join(piece.codes)
            found.append(
                Markup('<span data-words="{}" data-about="{}">{}({} {})</span>').format(
                    piece.words,
                    " ".join(piece.codes),
                    piece.gap,
                    piece.words,
                    listed,
                )
            )
        else:
            found.append(Markup("{}").format(piece))
    return Markup("").join(found)


def _prompts(q: Questionnaire) -> dict[str, Any]:
    return {f"p:{one.criterion}": True for one in q.prompts}


def _rows(visit: Visit, language: str) -> dict[str, Any]:
    """Choices in random order: the script shuffles them for each respondent."""
    return {
        f"rows:{one.code}": pages.rows(visit, one, language)
        for one in _generals(visit.questionnaire)
        if one.random_order
    }


def _data(
    connection: AnyConnection,
    visit: Visit,
    variant: Variant,
    procedures: list[tuple[str, str]],
) -> dict[str, Any]:
    calendar = catalogue.calendar(connection)
    offered = {code for code, _ in procedures}
    rules = rules_of(
        visit.questionnaire,
        variant.language,
        procedures={
            code: ProcedureFacts(
                published_days=days if is_verified else None, is_immediate=is_immediate
            )
            for code, days, is_verified, is_immediate in _CATALOGUE.all(connection, {})
            if code in offered
        },
        days_off=tuple(sorted(calendar.holidays)),
        days_on=tuple(sorted(calendar.swapped_working_days)),
    )
    pin_hash = pin_of(connection, visit.link_id)
    return {
        "rules": rules,
        "version": visit.sha256,
        "rehearsal": visit.is_rehearsal,
        "opens_on": visit.opens_on.isoformat(),
        "last_on": visit.last_on.isoformat(),
        "folded_percent": visit.folded_percent,
        "variants": {
            f"{one.language}-{one.arm}": one.address(f"/p/{visit.token}")
            for one in variants(visit)
        },
        "pin": pins.parts(pin_hash)._asdict() if pin_hash else None,
        "words": _words(),
    }


def pin_of(connection: AnyConnection, link_id: int) -> str | None:
    """The stored hash of a kiosk's PIN, if it has one."""
    found = _PIN.one_or_none(connection, {"of_link": link_id})
    return found[0] if found else None


def _words() -> dict[str, str]:
    """What the script says in words of its own."""
    return {
        "consent": _("Xin đánh dấu đồng ý tham gia để bắt đầu."),
        "future": _("Ngày này ở sau hôm nay. Xin xem lại, hoặc bỏ trống nếu không rõ."),
        "before_receipt": _(
            "Ngày này ở trước ngày tiếp nhận (%(date)s). Xin xem lại hai ngày.",
            date="{date}",
        ),
        "year": _("Năm chưa đúng. Xin ghi đủ bốn chữ số, ví dụ 2026."),
        "most": _("Chọn tối đa %(most)s ý.", most="{most}"),
        "alone": _("“Không có việc nào” không đi cùng ý khác. Xin bỏ bớt một bên."),
        "long": _(
            "Ý kiến dài %(length)s ký tự, tối đa %(most)s. Xin rút ngắn.",
            length="{length}",
            most="{most}",
        ),
        "nothing": _("Phiếu chưa có câu trả lời nào. Xin trả lời ít nhất một câu."),
        "error": _("Lỗi:"),
        "unanswered": _("Chưa trả lời"),
        "facts": _("Thông tin thực tế về hồ sơ"),
        "generals": _("Câu hỏi chung"),
        "edit": _("Sửa"),
        "step": _("Phần %(step)s trên %(steps)s", step="{step}", steps="{steps}"),
        "left": _("Còn {n} ký tự"),
        "over": _("Thừa {n} ký tự"),
        "online": _("Có mạng."),
        "offline": _("Không có mạng. Phiếu được giữ trên máy và tự gửi khi có mạng."),
        "none_waiting": _("Không có phiếu nào chờ gửi."),
        "waiting": _("%(count)s phiếu chờ gửi.", count="{count}"),
        "refused": _(
            "%(count)s phiếu máy chủ không nhận. Xin báo người quản trị đợt khảo sát.",
            count="{count}",
        ),
        "not_kept": _(
            "Máy chưa giữ được phiếu nên chưa gửi được. Xin để nguyên màn hình này và "
            "gọi cán bộ."
        ),
        "wrong_pin": _("Mã PIN chưa đúng. Xin thử lại."),
        "locked": _("Sai nhiều lần. Xin chờ %(seconds)s giây.", seconds="{seconds}"),
    }


class Packed(NamedTuple):
    """What a device keeps, and the name of this very state of it."""

    version: str
    files: list[str]


def packed(connection: AnyConnection, visit: Visit) -> Packed:
    """All that the kiosk needs without a network; another name whenever any differs."""
    base = f"/p/{visit.token}"
    digest = hashlib.sha256(_worker_source().encode())
    faces = variants(visit)
    for variant in faces:
        digest.update(html(connection, visit, variant))
    asset = _asset()
    files = [f"{base}/kiosk", *(one.address(base) for one in faces)]
    return Packed(
        digest.hexdigest()[:16],
        [*files, f"{base}/kiosk/ung-dung.webmanifest", *map(asset, ASSETS)],
    )


def _asset() -> Any:
    """What gives the address of a static file, as templates know it."""
    return current_app.jinja_env.globals["asset"]


def worker(connection: AnyConnection, visit: Visit) -> str:
    """The script that answers for the server when there is no network."""
    version, files = packed(connection, visit)
    known = {
        "VERSION": f"kiosk:{codes.hashed(visit.token)[:12]}:{version}",
        "FILES": files,
    }
    head = "".join(f"const {name} = {json.dumps(known[name])};\n" for name in known)
    return head + _worker_source()


@cache
def _worker_source() -> str:
    return (web.STATIC / WORKER).read_text(encoding="utf-8")


def manifest(visit: Visit) -> Mapping[str, Any]:
    """How the page looks as an application of the tablet."""
    base = f"/p/{visit.token}/kiosk"
    return {
        "name": _("Khảo sát mức độ hài lòng của doanh nghiệp"),
        "short_name": _("Khảo sát"),
        "start_url": base,
        "scope": base,
        "display": "fullscreen",
        "background_color": "#ffffff",
        "theme_color": "#0b4f6c",
        "icons": [
            {"src": _asset()("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
        ],
    }
