"""Draws a plain picture for each sample sale, so that the market has something to look at without photos of others."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageColor, ImageDraw

SIZE, DRAWN = (640, 480), (960, 720)
# fruit, its shade, and the ground it lies on
_COLOURS = {
    "mango": ("#f2a516", "#d9480f"), "cashew": ("#d9b382", "#a47148"), "coconut": ("#7f5539", "#582f0e"),
    "tomato": ("#e03131", "#a61e1e"), "onion": ("#9c3b64", "#6a1b4d"), "custard-apple": ("#b5c99a", "#718355"),
    "strawberry": ("#f03e3e", "#b02525"), "potato": ("#c9a66b", "#8d6e3f"), "turmeric": ("#e8a317", "#b87503"),
    "groundnut": ("#c8a165", "#946b2d"), "okra": ("#5c940d", "#386008"), "banana": ("#ffd43b", "#d9a406"),
    "grape": ("#82c91e", "#4f8a10"), "rice": ("#f1e3c0", "#c9b27c"), "spinach": ("#2f9e44", "#1b6b2c"),
}  # fmt: skip
_GROUND = "#efe6d5"
SHADES = 6


def picture(crop: str) -> bytes:
    """A PNG of a heap of this crop; the same heap each time."""
    drawn = random.Random(crop)  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", DRAWN, _GROUND)
    pen = ImageDraw.Draw(image)
    light, dark = _COLOURS.get(crop, ("#74b816", "#4c7a0d"))
    for row in range(7):
        y = 130 + row * 84
        for column in range(11):
            x = -20 + column * 102 + drawn.randint(-22, 22) + (row % 2) * 48
            radius = drawn.randint(56, 72)
            _fruit(pen, (x, y + drawn.randint(-14, 14)), radius, light, dark)
    soft = image.resize(SIZE, Image.Resampling.BOX)  # smooths the edges
    out = io.BytesIO()
    soft.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _fruit(pen: ImageDraw.ImageDraw, centre: tuple[int, int], radius: int, light: str, dark: str) -> None:
    """A ball lit from the upper left: ever smaller discs from dark to light, and a glint."""
    x, y = centre
    pen.ellipse((x - radius, y - radius + 9, x + radius, y + radius + 9), fill="#3b2f2a")
    shadow, lit = ImageColor.getrgb(dark), ImageColor.getrgb(light)
    for step in range(SHADES):
        part = step / (SHADES - 1)
        inner, away = round(radius * (1 - 0.55 * part)), round(radius * 0.3 * part)
        shade = tuple(round(low + (high - low) * part) for low, high in zip(shadow, lit, strict=True))
        pen.ellipse((x - inner - away, y - inner - away, x + inner - away, y + inner - away), fill=shade)
    glint = round(radius * 0.2)
    left, top = x - round(radius * 0.5), y - round(radius * 0.55)
    pen.ellipse((left, top, left + glint, top + glint), fill="#fffaf0")
