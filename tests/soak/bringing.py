"""From the balance to the last word: how each order is paid, brought and received, and what happens when it is not."""

from __future__ import annotations

import re

from tests.kit.phone import Phone
from tests.soak.scene import Scene, link_in, presses_in

Buyers = list[Phone]
AT_THE_DOOR = "🚪 Nobody there"


# ---- the balance


def at_once(scene: Scene, phone: Phone) -> None:
    scene.pays(phone, "💳 Pay balance")


def with_more_time(scene: Scene, phone: Phone) -> None:
    """Asks for longer first."""
    scene.opens_order(phone)
    phone.taps("More time")
    phone.sees("you have until", anywhere=True)
    scene.opens_order(phone)  # what was shown before is out of date
    scene.pays(phone, "💳 Pay balance")


# ---- the way


def himself(scene: Scene, buyers: Buyers) -> Buyers:
    """The farmer drives."""
    _drives(scene)
    _hands_over(scene, len(buyers))
    return buyers


def twice(scene: Scene, buyers: Buyers) -> Buyers:
    """Nobody is at one door; the second try finds somebody."""
    _drives(scene)
    scene.farmer_taps("⚠️ Trouble", "⚠️ #", AT_THE_DOOR, "🔁 Try again")
    scene.farmer.sees("the second try", anywhere=True)
    scene.farmer_taps("🏠 On the way")
    _hands_over(scene, len(buyers))
    return buyers


def lost_on_the_way(scene: Scene, buyers: Buyers) -> Buyers:
    """One parcel is lost: the co-op settles it, and everything paid for it comes back."""
    _drives(scene)
    scene.farmer.taps("⚠️ Trouble")
    label = scene.shown_next("⚠️ #", [])
    scene.farmer_taps(label, "💥 Lost or damaged")
    scene.farmer.sees("not handed over", anywhere=True)
    unlucky = next(phone for phone in buyers if phone.name in label)
    number = scene.ground.order_number(unlucky)
    with scene.ground.staff() as owner:
        owner.types("✅ To decide")  # the button of that name under a case turns that case's card into the list
        for each in ("📪 Undelivered", f"📪 {number}", "🚚 Carrier bears it", "✅ Confirm"):
            owner.taps(each)
        owner.sees("is settled", anywhere=True)
    unlucky.sees("Whoever carried it bears it", anywhere=True)
    rest = [phone for phone in buyers if phone is not unlucky]
    if rest:
        scene.opens_sale()
        scene.farmer_taps("📋 Pick list", "🏠 On the way")
        _hands_over(scene, len(rest))
    return rest


def by_courier(scene: Scene, buyers: Buyers) -> Buyers:
    """A courier with a link for each parcel."""
    scene.farmer.taps("🔗 Send a link")
    scene.farmer.sees("https://t.me/", anywhere=True)
    courier = scene.somebody("Jay")
    for line in _lines_with_links(scene, len(buyers)):
        courier.start(link_in(line, "c"))
        for label in ("📦 Picked up", "🚚 On the road", "🏠 Delivered"):
            courier.taps(label)
        courier.sees("delivered. A photo at the door?")
    return buyers


def _lines_with_links(scene: Scene, count: int) -> list[str]:
    def look() -> list[str] | None:
        found = re.findall(r"https://t\.me/\S+", "\n".join(m.get("text", "") for m in scene.farmer.window.messages(60)))
        return found if len(found) >= count else None

    return scene.farmer.window.waits(look, f"{count} links")


def _drives(scene: Scene) -> None:
    scene.farmer_taps("🙋 I deliver myself", "🏠 On the way")


def _hands_over(scene: Scene, count: int) -> None:
    pressed: list[str] = []
    for _ in range(count):  # one at a time, from the list that grows shorter
        pressed.append(scene.shown_next("🏠 #", pressed))
        scene.farmer.taps(pressed[-1])


# ---- what the buyer says to it


def thanks(_scene: Scene, phone: Phone) -> None:
    phone.taps("✅ Received")
    phone.sees("received. Thank you!", anywhere=True)


def is_agreed_with(scene: Scene, phone: Phone) -> None:
    """A problem, and the farmer gives what is asked for."""
    _complains(scene, phone)
    presses_in(scene.farmer, f"{phone.name}: Spoiled", "Accept ₹")
    phone.sees("✅ agreed", anywhere=True)


def is_offered_half(scene: Scene, phone: Phone) -> None:
    _complains(scene, phone)
    presses_in(scene.farmer, f"{phone.name}: Spoiled", "Offer half")
    phone.sees("offers ₹", anywhere=True)
    phone.taps("Accept ₹")
    phone.sees("went back; the farmer bears it", anywhere=True)


def is_ruled(scene: Scene, phone: Phone) -> None:
    """The farmer disagrees and the co-op decides."""
    _complains(scene, phone)
    presses_in(scene.farmer, f"{phone.name}: Spoiled", "Disagree")
    scene.farmer.types("They were fine at the door.")
    scene.farmer.sees("✅ Noted.", anywhere=True)
    with scene.ground.staff() as owner:
        presses_in(owner, f"{phone.name}: Spoiled", "Refund 50 %")
        owner.taps("✅ Confirm")
        owner.sees("✅ Decided")
    for side in (phone, scene.farmer):
        side.sees("goes back; the farmer bears it.", anywhere=True)


def is_withdrawn(scene: Scene, phone: Phone) -> None:
    _complains(scene, phone)
    scene.opens_order(phone)
    phone.taps("⚖️ Case")
    phone.taps("↩️ Withdraw")
    phone.sees("↩️ withdrawn", anywhere=True)


def is_replaced(scene: Scene, phone: Phone) -> None:
    _complains(scene, phone, "Replace")
    presses_in(scene.farmer, f"{phone.name}: Spoiled", "🔁 Send again")
    phone.taps("✅ It came")
    phone.sees("✅ replaced", anywhere=True)


def _complains(scene: Scene, phone: Phone, wish: str = "Refund part") -> None:
    phone.taps("⚠️ Problem")
    phone.taps("Spoiled")
    if scene.draw.random() < 0.5:
        phone.sees("Photo", anywhere=True)
        phone.sends_photo("mango")
    else:
        phone.taps("Skip")
    phone.taps(wish)
    phone.sees("The farmer is told", anywhere=True)


BALANCE = {"balance at once": at_once, "balance with more time": with_more_time}
WAY = {"farmer drives": himself, "second try": twice, "lost on the way": lost_on_the_way, "courier": by_courier}
LAST = {
    "received": thanks, "case agreed": is_agreed_with, "case half": is_offered_half, "case ruled": is_ruled,
    "case withdrawn": is_withdrawn, "case replaced": is_replaced,
}  # fmt: skip
