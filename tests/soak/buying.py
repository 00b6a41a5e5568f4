"""What becomes of a buyer before the harvest: each fate gives whoever has the order in the end, or nobody."""

from __future__ import annotations

from tests.kit.phone import Phone
from tests.soak.scene import Scene, link_in

MORE = "10 kg"  # the deposit of two kilos more is less than the messenger takes by invoice

# ---- who stays


def pays(scene: Scene, name: str) -> Phone:
    return scene.settles_in(scene.reserves(name))


def doubles(scene: Scene, name: str) -> Phone:
    """[✅ Reserve] is pressed twice; the second press has a toast at most, which ends with a worker that is killed."""
    phone = scene.reserves(name)
    pressed = phone.control.get("/control/state")["callbacks"][phone.last["callback_id"]]
    phone.taps_stale(pressed["message_id"], pressed["data"], reacts=False)
    return scene.settles_in(phone)


def takes_less(scene: Scene, name: str) -> Phone:
    phone = pays(scene, name)
    _asks_for(scene, phone, "2 kg")
    phone.sees("is now 2 kg", anywhere=True)
    return phone


def takes_more(scene: Scene, name: str) -> Phone:
    phone = pays(scene, name)
    _asks_for(scene, phone, MORE)
    phone.sees("kg more", anywhere=True)  # until then the card that was paid from is the newest with such a button
    scene.pays(phone, "💳 Pay deposit")
    return phone


def takes_more_and_forgets(scene: Scene, name: str) -> Phone:
    """The additional deposit does not come; what was ordered before stays."""
    phone = pays(scene, name)
    _asks_for(scene, phone, MORE)
    phone.sees("kg more", anywhere=True)
    scene.ground.falls_due("order.more_ends", phone)
    phone.sees("was not paid for and is not kept", anywhere=True)
    return phone


def hands_over(scene: Scene, name: str) -> Phone:
    """To somebody else, who answers for it from then on."""
    giver = pays(scene, name)
    scene.opens_order(giver)
    giver.taps("🤝 Hand over")
    giver.taps("🤝 Make the link")
    link = link_in(giver.sees("🤝 Send this link", anywhere=True), "h")
    taker = scene.somebody(f"{name}'s friend")
    taker.start(link)
    taker.taps("✅ Take it over")
    taker.sees("is yours", anywhere=True)
    giver.sees("It is no longer yours", anywhere=True)
    return scene.is_brought_home(taker)


# ---- who does not


def returns(scene: Scene, name: str) -> None:
    """Paid, and cancelled in time: everything comes back."""
    scene.cancels(pays(scene, name))


def leaves(scene: Scene, name: str) -> None:
    """Cancelled without having paid."""
    scene.cancels(scene.reserves(name))


def forgets(scene: Scene, name: str) -> None:
    """Nothing was paid: the hold runs out."""
    phone = scene.reserves(name)
    scene.ground.falls_due("order.hold_ends", phone)
    phone.sees("the reservation ended. Nothing was charged", anywhere=True)


def cancels_late(scene: Scene, name: str) -> None:
    """After the cutoff: the deposit is kept until the harvest says whose it is."""
    scene.cancels(pays(scene, name), "is kept unless the waiting list takes your share")


def _asks_for(scene: Scene, phone: Phone, amount: str) -> None:
    scene.opens_order(phone)
    phone.taps("✏️ Change")
    phone.taps("⚖️ Quantity")
    phone.types(amount)
    phone.taps("✅ Change")


# ---- the waiting list of a sale of which everything is reserved


def takes_the_offer(scene: Scene, phone: Phone) -> Phone:
    phone.taps("Take")
    phone.sees("✅ Reserved", anywhere=True)
    return scene.settles_in(phone)


def refuses_the_offer(scene: Scene, phone: Phone) -> None:
    phone.taps("No")
    phone.sees("you do not wait any more", anywhere=True)


def misses_the_offer(scene: Scene, phone: Phone) -> None:
    scene.ground.falls_due("waiting.offer_ends", phone)
    phone.sees("went to the next person", anywhere=True)


def waits(scene: Scene, name: str) -> Phone:
    """Somebody on the list."""
    phone = scene.somebody(name)
    phone.start(f"s_{scene.sale}")
    phone.taps("🔔 Waiting list")
    phone.types("5")
    phone.sees("on the waiting list", anywhere=True)
    return phone


ANSWERS = {"offer taken": takes_the_offer, "offer refused": refuses_the_offer, "offer missed": misses_the_offer}
STAYING = {
    "pays": pays, "doubles": doubles, "takes less": takes_less, "takes more": takes_more,
    "more not paid": takes_more_and_forgets, "hands over": hands_over,
}  # fmt: skip
LEAVING = {"returns": returns, "leaves": leaves, "forgets": forgets}
ANY = {**STAYING, **LEAVING}
TOO_LATE = {"pays": pays, "doubles": doubles, "cancels late": cancels_late}
