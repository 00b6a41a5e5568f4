"""What becomes of the crop: each fate gives the buyers who pay the balance and get their goods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.crash.arranged import Terms
from tests.kit.phone import Phone
from tests.soak import buying
from tests.soak.scene import Scene

Buyers = list[Phone]


# ---- enough for everybody


def ready(scene: Scene, buyers: Buyers) -> Buyers:
    scene.harvests("✅ Ready", "All ", "📣 Tell them")
    return buyers


def goes_anyway(scene: Scene, buyers: Buyers) -> Buyers:
    """Too few reserved; the farmer delivers all the same."""
    scene.opens_sale()
    scene.farmer_taps("Go anyway")
    scene.farmer.sees_not("at least")
    return ready(scene, buyers)


def extends(scene: Scene, buyers: Buyers) -> Buyers:
    """Too few reserved; some days more, which buyers are told, and then the farmer goes on."""
    scene.opens_sale()
    scene.farmer_taps("Extend")
    for phone in buyers:
        phone.sees("now ready about", anywhere=True)
    return goes_anyway(scene, buyers)


def weighed(scene: Scene, buyers: Buyers) -> Buyers:
    """By final weight: as ordered, or so far off that the buyer is asked."""
    ready(scene, buyers)
    scene.farmer.taps("⚖️ Weigh")
    for at in range(len(buyers)):
        scene.farmer.sees(f"({len(buyers) - at} to weigh)", anywhere=True)
        scene.farmer.types(scene.draw.choice(("5050", "6000")))
        scene.farmer.sees("☑ #")
    return [phone for phone in buyers if _agrees_to_weight(scene, phone)]


def _agrees_to_weight(scene: Scene, phone: Phone) -> bool:
    if scene.reads_one_of(phone, "it weighs", "Balance ₹") != "it weighs":
        return True
    return bool(scene.meets(CONSENT)(scene, phone))


def accepts_weight(_scene: Scene, phone: Phone) -> bool:
    phone.taps("Accept")
    phone.sees("⏰ Pay", anywhere=True)
    return True


def refuses_weight(_scene: Scene, phone: Phone) -> bool:
    phone.taps("Refuse: full refund")
    phone.taps("❌ Yes, refund all")
    phone.sees("is closed", anywhere=True)
    return False


def says_nothing_of_weight(scene: Scene, phone: Phone) -> bool:
    """Silence pays for the agreed most."""
    scene.ground.falls_due("order.consent_ends", phone)
    phone.sees("Balance ₹", anywhere=True)
    return True


def dearer(scene: Scene, buyers: Buyers) -> Buyers:
    """The farmer asks for a higher price, which each buyer takes, or has everything back."""
    ready(scene, buyers)
    scene.opens_sale()
    scene.farmer_taps("🔁 Other terms", "💲 Higher price")
    scene.farmer.types("300")
    scene.farmer_taps("📣 Ask them")
    for phone in buyers:
        phone.sees("asks for a higher price", anywhere=True)
    return [phone for phone in buyers if scene.meets(TERMS)(scene, phone)]


def accepts_price(scene: Scene, phone: Phone) -> bool:
    return accepts_weight(scene, phone)


def refuses_price(scene: Scene, phone: Phone) -> bool:
    return refuses_weight(scene, phone)


# ---- too little


def fair(scene: Scene, buyers: Buyers) -> Buyers:
    return _short(scene, buyers, "⚖️ Fair share")


def equal(scene: Scene, buyers: Buyers) -> Buyers:
    return _short(scene, buyers, "🟰 Equal")


def first_come(scene: Scene, buyers: Buyers) -> Buyers:
    return _short(scene, buyers, "⏱ First come")


def typed(scene: Scene, buyers: Buyers) -> Buyers:
    """The farmer says what one gets; the rest is shared fairly."""
    _comes_short(scene, buyers)
    scene.farmer_taps("✍️ I say who")
    scene.farmer.types(f"{scene.ground.order_number(buyers[0])} 1")
    if len(buyers) > 1:
        scene.farmer.sees("left to give")
        scene.farmer_taps("⚖️ Rest fairly")
    scene.farmer_taps("📣 Tell them")
    return [phone for phone in buyers if _takes_share(scene, phone)]


def _short(scene: Scene, buyers: Buyers, how: str) -> Buyers:
    _comes_short(scene, buyers)
    scene.farmer_taps(how, "📣 Tell them")
    return [phone for phone in buyers if _takes_share(scene, phone)]


def _comes_short(scene: Scene, buyers: Buyers) -> None:
    scene.harvests("📉 Less", "✏️ Other")
    scene.farmer.types(str(2 * len(buyers) - 1))  # nobody orders less than two


def _takes_share(scene: Scene, phone: Phone) -> bool:
    none, part = "too short for you", "came short. You get"
    told = scene.reads_one_of(phone, none, part, "is ready!")
    if told == none:
        scene.fates["no share"] += 1
        return False
    return told != part or bool(scene.meets(SHARE)(scene, phone))


def accepts_share(_scene: Scene, phone: Phone) -> bool:
    phone.taps("Accept")
    phone.sees("🧾")  # the card as it is from now on: its earlier buttons are out of date
    return True


def refuses_share(_scene: Scene, phone: Phone) -> bool:
    phone.taps("Refund all")
    phone.taps("❌ Yes, refund all")
    phone.sees("is closed", anywhere=True)
    return False


# ---- nothing


def lost(scene: Scene, buyers: Buyers) -> Buyers:
    scene.opens_sale()
    scene.farmer_taps("❌ Lost", "🌧 Rain", "📣 Tell them")
    for phone in buyers:
        phone.sees("crop is lost", anywhere=True)
    return []


def cancelled(scene: Scene, buyers: Buyers) -> Buyers:
    """The farmer cancels the whole sale."""
    scene.opens_sale()
    scene.farmer_taps("🚫 Cancel sale", "🤒 I cannot deliver", "📣 Tell them")
    for phone in buyers:
        phone.sees("the farmer cancelled this sale", anywhere=True)
    return []


SHARE = {"share accepted": accepts_share, "share refused": refuses_share}
CONSENT = {
    "weight accepted": accepts_weight, "weight refused": refuses_weight, "weight unanswered": says_nothing_of_weight,
}  # fmt: skip


TERMS = {"price accepted": accepts_price, "price refused": refuses_price}


PLAIN = Terms()


@dataclass(frozen=True)
class Crop:
    """A fate of the crop, the fates its buyers may have before, and its sale's terms; `is_scarce`: a pack a buyer."""

    plays: Callable[[Scene, Buyers], Buyers]
    buyers: dict[str, Callable[..., object]] = field(default_factory=lambda: buying.ANY)
    terms: Terms = PLAIN
    is_scarce: bool = False


CROPS = {
    "ready": Crop(ready),
    "goes anyway": Crop(goes_anyway, terms=Terms(fields={"minimum": Decimal(500)})),
    "extended": Crop(extends, terms=Terms(fields={"minimum": Decimal(500)})),
    "weighed": Crop(weighed, {"pays": buying.pays, "doubles": buying.doubles}, terms=Terms(fields={"by_weight": True})),
    "dearer": Crop(dearer, {"pays": buying.pays, "doubles": buying.doubles}),
    "fair share": Crop(fair),
    "equal share": Crop(equal),
    "first come": Crop(first_come),
    "farmer says": Crop(typed),
    "sold out": Crop(ready, is_scarce=True),
    "soon": Crop(ready, buying.TOO_LATE, Terms(days=2)),
    "lost": Crop(lost),
    "cancelled": Crop(cancelled),
}
