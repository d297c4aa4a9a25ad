"""The frame from the command line: dossiers loaded, drawn, and drawn again to check."""

from __future__ import annotations

from pathlib import Path

import click

from survey import clock, fieldwork
from survey.cli.faults import Refusal
from survey.cli.office import reading, wave_of, work
from survey.cli.shelf import FILE, say_notices


@click.group()
def dossiers() -> None:
    """Hồ sơ đã giải quyết: khung mẫu của một đợt. / The sampling frame of a wave."""


@dossiers.command()
@click.argument("file", type=FILE)
@click.option("--wave", "wave_id", required=True, metavar="ID")
def load(file: Path, wave_id: str) -> None:
    """Nạp từ CSV hoặc XLSX: tất cả hoặc không gì cả. / Load, all or nothing.

    Hồ sơ đang giải quyết không được nạp, chỉ đếm. / Dossiers still being handled are
    counted, not loaded.
    """
    with work() as session:
        loaded = fieldwork.load_dossiers(
            session, wave_of(session, wave_id), file.read_bytes()
        )
    click.echo(
        f"Thêm / added {loaded.added}, cập nhật / changed {loaded.changed}, "
        f"không đổi / unchanged {loaded.unchanged}, chưa xong, không nạp / "
        f"unfinished {loaded.unfinished}"
    )
    if loaded.kept:
        click.echo(
            f"Giữ thủ tục, cách nộp cũ vì đã phát mã / kept as they were invited: "
            f"{loaded.kept}"
        )
    if loaded.is_undrawn:
        click.echo(
            "Phải chọn lại hồ sơ được mời / the draw must be made again: "
            f"survey dossiers draw --wave {wave_id}"
        )
    say_notices(loaded)


@dossiers.command()
@click.option("--wave", "wave_id", required=True, metavar="ID")
@click.option(
    "--seed",
    metavar="S",
    help="Chuỗi khởi tạo; mặc định ngẫu nhiên / random if absent.",
)
@click.option(
    "--size", type=click.IntRange(1), metavar="N", help="Số hồ sơ / how many."
)
@click.option("--census", is_flag=True, help="Mời tất cả / invite everyone.")
@click.option(
    "--again", is_flag=True, help="Bỏ lần chọn trước / replace the draw that holds."
)
@click.option(
    "--verify",
    is_flag=True,
    help="Không chọn; lặp lại lần đang dùng và so sánh / repeat the draw and compare.",
)
def draw(
    wave_id: str,
    seed: str | None,
    size: int | None,
    *,
    census: bool,
    again: bool,
    verify: bool,
) -> None:
    """Chọn hồ sơ được mời, lặp lại được với chuỗi khởi tạo. / Draw who is invited.

    Dưới 250 hồ sơ thì mời tất cả; từ đó trở lên chọn ngẫu nhiên, phân nhóm theo thủ
    tục và cách nộp, đủ để số phiếu trả lời đạt cỡ mẫu của công thức nếu tỷ lệ trả lời
    như SURVEY_EXPECTED_REPLIES. / Everyone below 250 dossiers, else a sample,
    stratified by procedure and channel, so large that the formula's number answers at
    the rate of SURVEY_EXPECTED_REPLIES.
    """
    if verify:
        _verify(wave_id)
        return
    if census and size is not None:
        raise Refusal("chọn --census hoặc --size, không cả hai / not both")
    with work() as session:
        wave = wave_of(session, wave_id)
        is_supplement = fieldwork.propose_draw(session, wave).is_supplement
        if fieldwork.current_draws(session, wave) and not (again or is_supplement):
            raise Refusal(
                "đã chọn rồi; thêm --again để chọn lại từ đầu, --verify để kiểm lại / "
                "drawn already: add --again to draw anew, --verify to check"
            )
        made = fieldwork.make_draw(
            session,
            wave,
            mode="census" if census else None,
            size=size,
            seed=seed,
            now=clock.now(),
        )
        words = (
            f"Đã chọn / drawn {made.size} trên / of {made.frame}, seed {made.seed}, "
            f"sha256 {made.frame_sha256}"
        )
    click.echo(words)


def _verify(wave_id: str) -> None:
    with reading() as session:
        wave = wave_of(session, wave_id)
        hold = fieldwork.current_draws(session, wave)
        if not hold:
            raise Refusal("đợt này chưa chọn hồ sơ / nothing was drawn in this wave")
        for one in hold:
            drawn = fieldwork.verify_draw(session, wave, one)
            click.echo(
                f"Đúng / the same: {len(drawn.codes)} trên / of {one.frame}, seed "
                f"{one.seed}, sha256 {one.frame_sha256}"
            )
