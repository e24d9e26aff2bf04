"""Make the Japanese and emoji fonts in `pia_engine/documents/fonts` again, from the packages they come in.

In an empty folder, `npm pack @expo-google-fonts/noto-sans-jp@0.4.3 @fontsource/noto-emoji@5.3.2`, then here
`python scripts/fonts.py FOLDER`. Latin, Greek, Cyrillic and Arabic are Debian's fonts-noto-core 20201225, as they are.

The Japanese font is whole: all of JIS X 0208 and 0213 but ≒ ⦅ ⦆, and names such as 髙橋 and 𠮷田. Both are TrueType,
which the layout engine reads seven times as fast as woff2. The Arabic of the web packages is not used, because its
letters are lost when text is copied out of the document.
"""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FONTS = Path(__file__).resolve().parent.parent / "pia_engine" / "documents" / "fonts"
JAPANESE, EMOJI = "expo-google-fonts-noto-sans-jp-0.4.3.tgz", "fontsource-noto-emoji-5.3.2.tgz"
SOURCES = {
    "NotoSansJP-Regular.ttf": (JAPANESE, "package/400Regular/NotoSansJP_400Regular.ttf"),
    "NotoSansJP-Bold.ttf": (JAPANESE, "package/700Bold/NotoSansJP_700Bold.ttf"),
    "NotoEmoji-Regular.ttf": (EMOJI, "package/files/noto-emoji-emoji-400-normal.woff2"),
    "NotoEmoji-Bold.ttf": (EMOJI, "package/files/noto-emoji-emoji-700-normal.woff2"),
}


def make_font(name: str, packages: Path) -> TTFont:
    """Read one font out of its package, as TrueType."""
    package, member = SOURCES[name]
    with tarfile.open(packages / package) as archive:
        held = archive.extractfile(member)
        assert held is not None
        font = TTFont(io.BytesIO(held.read()), recalcTimestamp=False)
    font.flavor = None
    return font


def main(packages: Path) -> None:
    """Write every font and say how large it is."""
    for name in SOURCES:
        make_font(name, packages).save(FONTS / name)
        print(name, (FONTS / name).stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
