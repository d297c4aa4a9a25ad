"""Makes the font files of the pages and of the print kit from those of Be Vietnam Pro.

Pages get the letters we write and no others; prints all letters there are, because a
name may hold any.

Run by hand, see README.md; the result is committed.
"""

import sys
from pathlib import Path

from fontTools import subset

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
MARKS = "\u00a0–—…“”‘’•·×≥≤₫‰±°§©²³½«»"
ASCII = "".join(map(chr, range(32, 127)))

ROOT = Path(__file__).resolve().parent.parent / "survey"
STATIC, FONTS = ROOT / "static", ROOT / "exports" / "fonts"
# 13 and 14 carry the licence, as the OFL asks.
NAMES = "--name-IDs=0,1,2,3,4,5,6,13,14"


def main(folder: Path) -> None:
    """Subset the two weights found in `folder` into the two folders of fonts."""
    for weight, style in ((400, "Regular"), (700, "Bold")):
        name = f"{weight}{style}"
        source = str(folder / name / f"BeVietnamPro_{name}.ttf")
        subset.main(
            [
                source,
                f"--text={ASCII}{LETTERS}{LETTERS.upper()}{MARKS}",
                "--flavor=woff2",
                "--no-hinting",
                "--layout-features=kern",
                NAMES,
                f"--output-file={STATIC / f'be-vietnam-pro-{weight}.woff2'}",
            ]
        )
        subset.main(
            [
                source,
                "--unicodes=*",
                "--no-hinting",
                "--layout-features=",
                NAMES,
                f"--output-file={FONTS / f'BeVietnamPro-{style}.ttf'}",
            ]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
