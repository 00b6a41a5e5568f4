"""One season as people play it, with fates drawn for the crop and everybody; it ends with what each of them reads."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from tests.crash.arranged import Terms
from tests.kit.phone import Phone
from tests.soak import bringing, buying
from tests.soak.crops import CROPS, Crop
from tests.soak.ground import Ground
from tests.soak.scene import PACK_KILOS, Scene

NAMES = ("Asha", "Binu", "Chitra")


@dataclass(frozen=True)
class Plan:
    """What a seed says before anybody acts: the crop's fate and how many buyers there are."""

    crop_name: str
    buyers: int
    draw: random.Random

    @property
    def crop(self) -> Crop:
        return CROPS[self.crop_name]

    @property
    def terms(self) -> Terms:
        """How the sale is arranged."""
        return Terms(self.buyers * PACK_KILOS) if self.crop.is_scarce else self.crop.terms


def planned(seed: int, number: int) -> Plan:
    """The plan of a season; every fate of the crop has its turn, so that few seasons meet many."""
    draw = random.Random(seed + number)
    names = list(CROPS)
    random.Random(seed).shuffle(names)
    return Plan(names[number % len(names)], draw.randint(2, 3), draw)


def play_season(ground: Ground, number: int, plan: Plan) -> Counter[str]:
    """From the first reservation to the last word; returns the fates that were met."""
    scene = Scene(ground, number, plan.draw, is_early=plan.crop.terms.days > 3)
    scene.fates[plan.crop_name] += 1
    buyers = _sell_out(scene, plan) if plan.crop.is_scarce else _sell(scene, plan)
    if buyers:
        buyers = plan.crop.plays(scene, buyers)
    for phone in buyers:
        scene.meets(bringing.BALANCE)(scene, phone)
    if buyers:
        _goes_out(scene, buyers)
    return scene.fates


def _sell(scene: Scene, plan: Plan) -> list[Phone]:
    met = [scene.meets(plan.crop.buyers)(scene, name) for name in NAMES[: plan.buyers]]
    return [phone for phone in met if isinstance(phone, Phone)]


def _sell_out(scene: Scene, plan: Plan) -> list[Phone]:
    """Everything is reserved, somebody waits, one buyer steps back."""
    buyers = [buying.pays(scene, name) for name in NAMES[: plan.buyers]]
    waiting = buying.waits(scene, "Devi")
    scene.cancels(buyers.pop())
    waiting.sees("5 kg free for you", anywhere=True)
    taken = scene.meets(buying.ANSWERS)(scene, waiting)
    return [*buyers, *([taken] if isinstance(taken, Phone) else [])]


def _goes_out(scene: Scene, buyers: list[Phone]) -> None:
    scene.opens_sale()
    scene.farmer_taps("📋 Pick list", "✅ All packed", "🚚 Hand to courier")
    brought = scene.meets(bringing.WAY)(scene, buyers)
    for phone in brought if isinstance(brought, list) else []:
        phone.sees("delivered", anywhere=True)
        scene.meets(bringing.LAST)(scene, phone)
