"""The sample market: five farms of western India, their crops, and the people who buy. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

FIRST_USER = 1001
OWNER, OPERATOR, COURIER = "Meera", "Ravi", "Imran"


@dataclass(frozen=True)
class Sale:
    """One sale: price in whole rupees per unit; `ready` days from now (before now: last season)."""

    crop: str
    title: str
    quantity: Decimal
    price: int
    ready: int
    subtitle: str = ""
    description: str = ""


@dataclass(frozen=True)
class SampleFarm:
    """A farmer, the store, where it is, and what it sells."""

    farmer: str
    store: str
    place: str
    latitude: float
    longitude: float
    past: Sale
    open: tuple[Sale, ...]


FARMS = (
    SampleFarm(
        "Gopal", "Konkan Orchard", "Ratnagiri", 16.99, 73.31,
        Sale("mango", "Alphonso", Decimal(120), 140, -24),
        (
            Sale("cashew", "", Decimal(60), 820, 35, "Whole kernels"),
            Sale("coconut", "", Decimal(300), 35, 14),
            Sale("mango", "Alphonso", Decimal(200), 150, 21, "Tree-ripened", "From forty old trees near the sea."),
        ),
    ),
    SampleFarm(
        "Sunita", "Godavari Vines", "Nashik", 20.0, 73.79,
        Sale("grape", "Thompson", Decimal(100), 90, -31),
        (
            Sale("tomato", "Abhinav", Decimal(400), 28, 9, "Picked at first blush"),
            Sale("onion", "Nashik red", Decimal(500), 24, 18),
            Sale("custard-apple", "Balanagar", Decimal(150), 120, 40, "Sweet, soft flesh"),
        ),
    ),
    SampleFarm(
        "Prakash", "Hill Terrace Farm", "Mahabaleshwar", 17.92, 73.66,
        Sale("strawberry", "Winter Dawn", Decimal(60), 320, -38),
        (
            Sale("strawberry", "Camarosa", Decimal(80), 340, 12, "Cooled within two hours"),
            Sale("potato", "Kufri Jyoti", Decimal(600), 22, 26),
        ),
    ),
    SampleFarm(
        "Lata", "Panchganga Fields", "Kolhapur", 16.7, 74.24,
        Sale("rice", "Indrayani", Decimal(200), 70, -45),
        (
            Sale("turmeric", "", Decimal(90), 190, 30, "Dried and polished"),
            Sale("groundnut", "", Decimal(150), 110, 22),
        ),
    ),
    SampleFarm(
        "Yusuf", "Green Bund", "Pune", 18.52, 73.86,
        Sale("spinach", "", Decimal(40), 40, -20),
        (
            Sale("okra", "", Decimal(80), 48, 6, "Cut the same morning"),
            Sale("banana", "Grand Naine", Decimal(250), 36, 11),
        ),
    ),
)  # fmt: skip

BUYERS = (
    "Asha", "Kiran", "Divya", "Rohan", "Neha", "Amit", "Pooja", "Sameer", "Tara", "Vikram", "Anita", "Deepak", "Farah",
    "Girish", "Hema", "Ishaan", "Jyoti", "Kabir", "Leela", "Manoj", "Nisha", "Omkar", "Priya", "Qasim", "Rekha",
    "Sagar", "Tanvi", "Uday", "Vani", "Wasim", "Yamini", "Zoya",
)  # fmt: skip

WORDS = (
    (1, "Fresh and sweet, just as the photo showed."), (1, "Arrived cool. The children finished it in a day."),
    (1, "Good packing, honest weight."), (0, "Tasty, but it came a day later than promised."),
    (1, "I could follow it from the field to my door."), (-1, "A third was overripe."), (1, "Will order again."),
    (0, "Fine."), (1, "The farmer answered my question within the hour."), (1, "Better than the market's."),
)  # fmt: skip
BOXES = ("12, Lake Road, Pune", "Flat 4, Shanti Niwas, Mumbai", "7, Temple Street, Satara", "21, Camp, Pune")
