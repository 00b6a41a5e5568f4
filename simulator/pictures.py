"""Pictures a phone can take without a camera: fruit, a receipt, a licence, drawn with Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

Draw = ImageDraw.ImageDraw


@lru_cache(maxsize=16)
def sample(name: str) -> bytes:
    """The JPEG of a built-in picture; KeyError for an unknown name."""
    paint, sky, ground = SAMPLES[name]
    image = Image.new("RGB", (960, 720), sky)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 960, 720), fill=ground)
    paint(draw)
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=85)
    return packed.getvalue()


def _mango(draw: Draw) -> None:
    for left, top, tone in ((160, 300, "#f2a32c"), (330, 240, "#f6b73c"), (520, 310, "#ef8f22")):
        draw.ellipse((left, top, left + 290, top + 230), fill=tone, outline="#c96f12", width=5)
        draw.ellipse((left + 150, top + 20, left + 270, top + 130), fill="#e4572e")
        draw.ellipse((left + 50, top + 40, left + 110, top + 80), fill="#ffe08a")
        draw.line((left + 145, top + 6, left + 150, top - 34), fill="#5b3a1a", width=11)
        draw.ellipse((left + 150, top - 58, left + 236, top - 20), fill="#3f8f3a")


def _tomato(draw: Draw) -> None:
    for left, top in ((170, 320), (360, 260), (550, 330)):
        draw.ellipse((left, top, left + 240, top + 215), fill="#d7322b", outline="#9c1d18", width=5)
        draw.ellipse((left + 45, top + 40, left + 95, top + 80), fill="#f58b80")
        for step in (-60, -25, 25, 60):
            draw.polygon(
                [(left + 120, top + 10), (left + 120 + step, top + 46), (left + 120 + step // 2, top + 2)],
                fill="#3c7d32",
            )
        draw.line((left + 120, top + 8, left + 124, top - 26), fill="#3c7d32", width=10)


def _receipt(draw: Draw) -> None:
    draw.rectangle((300, 40, 660, 680), fill="white", outline="#b9b9b9", width=3)
    draw.text((400, 70), "TRANSFER RECEIPT", fill="black")
    for row, words in enumerate(("Ref  UTR 4512 8890 1123", "To   Farm cooperative", "Sum  240.00", "Status  SUCCESS")):
        draw.text((340, 150 + 60 * row), words, fill="#222222")
        draw.line((340, 180 + 60 * row, 620, 180 + 60 * row), fill="#dddddd", width=2)
    draw.ellipse((440, 430, 520, 510), fill="#2f9e44")
    draw.line((458, 470, 476, 490, 504, 450), fill="white", width=9)


def _licence(draw: Draw) -> None:
    draw.rectangle((120, 90, 840, 640), fill="#fffdf3", outline="#b08d2f", width=14)
    draw.text((390, 140), "BUSINESS LICENCE", fill="#6b4e00")
    for row in range(5):
        draw.line((210, 240 + 54 * row, 620, 240 + 54 * row), fill="#bbb199", width=4)
    draw.ellipse((640, 440, 780, 580), outline="#c0392b", width=8)


SAMPLES: dict[str, tuple[Callable[[Draw], None], str, str]] = {
    "mango": (_mango, "#cfe8f5", "#9c7a4d"),
    "tomato": (_tomato, "#dceecb", "#8a6a45"),
    "receipt": (_receipt, "#e8e8ee", "#c9c9d2"),
    "licence": (_licence, "#d9d4c7", "#b7ad97"),
}
