"""Draws a plain picture for each sample sale, so that the market has something to look at without photos of others."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
# fruit, its shade, and the ground it lies on
_COLOURS = {
    "mango": ("#f2a516", "#d9480f"), "cashew": ("#d9b382", "#a47148"), "coconut": ("#7f5539", "#582f0e"),
    "tomato": ("#e03131", "#a61e1e"), "onion": ("#9c3b64", "#6a1b4d"), "custard-apple": ("#b5c99a", "#718355"),
    "strawberry": ("#f03e3e", "#b02525"), "potato": ("#c9a66b", "#8d6e3f"), "turmeric": ("#e8a317", "#b87503"),
    "groundnut": ("#c8a165", "#946b2d"), "okra": ("#5c940d", "#386008"), "banana": ("#ffd43b", "#d9a406"),
    "grape": ("#82c91e", "#4f8a10"), "rice": ("#f1e3c0", "#c9b27c"), "spinach": ("#2f9e44", "#1b6b2c"),
}  # fmt: skip
_GROUND = "#efe6d5"


def picture(crop: str) -> bytes:
    """A PNG of a heap of this crop; the same heap each time."""
    drawn = random.Random(crop)  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", SIZE, _GROUND)
    pen = ImageDraw.Draw(image)
    light, dark = _COLOURS.get(crop, ("#74b816", "#4c7a0d"))
    for row in range(5):
        y = 250 + row * 85
        for column in range(9):
            x = 60 + column * 105 + drawn.randint(-22, 22) + (row % 2) * 45
            radius = drawn.randint(54, 70)
            _fruit(pen, (x, y + drawn.randint(-14, 14)), radius, light, dark)
    soft = image.filter(ImageFilter.GaussianBlur(1.2))
    out = io.BytesIO()
    soft.save(out, "PNG")
    return out.getvalue()


def _fruit(pen: ImageDraw.ImageDraw, centre: tuple[int, int], radius: int, light: str, dark: str) -> None:
    x, y = centre
    pen.ellipse((x - radius, y - radius + 8, x + radius, y + radius + 8), fill="#00000022")
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=dark)
    inner = int(radius * 0.9)
    pen.ellipse((x - inner - 3, y - inner - 5, x + inner - 3, y + inner - 5), fill=light)
    glint = int(radius * 0.22)
    pen.ellipse((x - 26, y - 34, x - 26 + glint, y - 34 + glint), fill="#ffffff")
