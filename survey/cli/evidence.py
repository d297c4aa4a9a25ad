"""Evidence files from the command line: made, checked, and the key that signs them."""

from __future__ import annotations

from pathlib import Path

import click

from survey import config, evidence
from survey.cli.faults import Refusal
from survey.cli.files import writing
from survey.cli.office import wave_of, work
from survey.evidence import keys, verify


@click.group(name="evidence")
def evidence_group() -> None:
    """Hồ sơ kiểm chứng. / Evidence files."""


@evidence_group.command()
@click.option("--wave", "wave_id", required=True, metavar="ID")
@click.option("-o", "--output", required=True, metavar="FILE.zip")
def make(wave_id: str, output: str) -> None:
    """Tạo hồ sơ của đợt đã đóng. / Make the file of a closed wave."""
    try:
        key = keys.load(config.load().instance)
        with work() as session, writing(output) as target:
            sealed = evidence.make(
                session,
                wave_of(session, wave_id),
                target,
                sign=key.sign if key else None,
            )
    except (evidence.EvidenceError, keys.KeyFault) as error:
        raise Refusal(str(error)) from error
    signed = f"\tkhóa / key {key.public}" if key else ""
    click.echo(f"MANIFEST.json SHA-256 {sealed}{signed}")


@evidence_group.command(name="verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", metavar="HEX", help="Khóa công khai / the public key.")
def verify_file(file: Path, key: str | None) -> None:
    """Kiểm tra một hồ sơ; mã thoát 1 nếu bị sửa. / Check it; exit 1 if changed."""
    arguments = [str(file), *(["--key", key] if key else [])]
    code = verify.main(arguments)
    if code:
        raise click.exceptions.Exit(code)


@evidence_group.command(name="key")
@click.option("--make", "is_new", is_flag=True, help="Tạo khóa / make it.")
def show_key(is_new: bool) -> None:
    """Khóa công khai của cơ quan. / The office's public key."""
    try:
        instance = config.load().instance
        key = keys.make(instance) if is_new else keys.load(instance)
    except keys.KeyFault as error:
        raise Refusal(str(error)) from error
    if key is None:
        raise Refusal("chưa có khóa; tạo bằng --make / no key yet: use --make")
    click.echo(key.public)
