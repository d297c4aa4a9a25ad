"""The evidence file as bytes: a ZIP of which every byte follows from its content, so
that two makings are the same and nothing in it can be changed unseen."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any, Final, TypeAlias

from survey.evidence import verify
from survey.seals import canonical, digest

LEVEL: Final = 6
IN_MEMORY: Final = 8 * 1024 * 1024
MOST_BYTES: Final = 2**32 - 2
"""The plain form of ZIP, which any program of any age reads, holds no more."""
Sign: TypeAlias = Callable[[bytes], tuple[str, str]]
"""Takes bytes, returns the public key and the signature in hexadecimal digits."""
_ALLOWED: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
)


class ArchiveError(ValueError):
    """A file cannot be put into the archive under that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the manifest says of one file."""

    name: str
    size: int
    sha256: str
    packed_sha256: str


class Archive:
    """Writes an evidence file; files stand in the order in which they are added."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._at = self._count = 0
        self._index = b""
        self.listed: list[Listed] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> Listed:
        """Add one file, whatever its size, in bounded memory.

        Raises:
            ArchiveError: a name that is not plain ASCII, leads out of the archive, or
                stands in it already.
        """
        self._refuse(name)
        whole, size = hashlib.sha256(), 0
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        crc = 0
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as packed:
            packed_hash = hashlib.sha256()

            def put(piece: bytes) -> None:
                packed.write(piece)
                packed_hash.update(piece)

            for piece in pieces:
                whole.update(piece)
                size += len(piece)
                crc = zlib.crc32(piece, crc)
                put(packer.compress(piece))
            put(packer.flush())
            packed_size = packed.tell()
            packed.seek(0)
            self._place(name, crc, packed_size, size)
            shutil.copyfileobj(packed, self._target)
            self._at += packed_size
        listed = Listed(
            name=name,
            size=size,
            sha256=whole.hexdigest(),
            packed_sha256=packed_hash.hexdigest(),
        )
        self.listed.append(listed)
        return listed

    def seal(self, about: dict[str, Any], *, sign: Sign | None = None) -> str:
        """End with the manifest, its digest, its signature where there is a key.

        Args:
            about: what the manifest says beside its list of files; see `verify`.
            sign: signs the manifest; None for no signature.
        Returns:
            The SHA-256 of the manifest.
        """
        files = [
            {
                "name": one.name,
                "size": one.size,
                "sha256": one.sha256,
                "packed_sha256": one.packed_sha256,
            }
            for one in self.listed
        ]
        manifest = canonical({"format": verify.FORMAT, **about, "files": files})
        sealed = digest(manifest)
        self._store(verify.MANIFEST, manifest)
        self._store(verify.DIGEST, f"{sealed}  {verify.MANIFEST}\n".encode())
        if sign is not None:
            key, signature = sign(manifest)
            self._store(
                verify.SIGNATURE, canonical({"key": key, "signature": signature})
            )
        start = self._at
        self._target.write(self._index)
        end = verify.end_of_index(self._count, len(self._index), start)
        self._target.write(end)
        return sealed

    def _refuse(self, name: str) -> None:
        parts = name.split("/")
        if not _ALLOWED.issuperset(name) or not all(parts) or {".", ".."} & set(parts):
            raise ArchiveError(f"{name!r} is no name for a file of the archive")
        if name in verify.UNLISTED or any(one.name == name for one in self.listed):
            raise ArchiveError(f"{name!r} stands in the archive already")

    def _store(self, name: str, content: bytes) -> None:
        self._place(name, zlib.crc32(content), len(content), len(content))
        self._target.write(content)
        self._at += len(content)

    def _place(self, name: str, crc: int, packed_size: int, size: int) -> None:
        if self._at + packed_size > MOST_BYTES or size > MOST_BYTES:
            raise ArchiveError(f"{name}: the archive would pass {MOST_BYTES} bytes")
        self._index += verify.index_entry(name, crc, packed_size, size, self._at)
        head = verify.local_header(name, crc, packed_size, size)
        self._target.write(head)
        self._at += len(head)
        self._count += 1
