"""Makes the two font files of the pages: what of Be Vietnam Pro we print, nothing else.

Run by hand, see README.md; the result is committed.
"""

import sys
from pathlib import Path

from fontTools import subset

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
MARKS = "\u00a0–—…“”‘’•·×≥≤₫‰±°§©²³½«»"
ASCII = "".join(map(chr, range(32, 127)))

STATIC = Path(__file__).resolve().parent.parent / "survey" / "static"


def main(folder: Path) -> None:
    """Subset the two weights found in `folder` into the static folder."""
    for weight, name in ((400, "400Regular"), (700, "700Bold")):
        subset.main(
            [
                str(folder / name / f"BeVietnamPro_{name}.ttf"),
                f"--text={ASCII}{LETTERS}{LETTERS.upper()}{MARKS}",
                "--flavor=woff2",
                "--no-hinting",
                "--layout-features=kern",
                # 13 and 14 carry the licence, as the OFL asks.
                "--name-IDs=0,1,2,3,4,5,6,13,14",
                f"--output-file={STATIC / f'be-vietnam-pro-{weight}.woff2'}",
            ]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
