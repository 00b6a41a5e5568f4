"""Where a person can stand: one group a conversation. Data kept with a state holds ids of drafts, never the draft."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Join(StatesGroup):
    """A newcomer answers who they are."""

    phone = State()
    place = State()
    village = State()
    crop = State()
    licence = State()


class Sell(StatesGroup):
    """A farmer prepares a sale: `draft` is the campaign's id."""

    crop = State()
    quantity = State()
    date = State()
    price = State()
    card = State()
    deposit = State()
    field = State()  # one field of the seller's form; `field` names it
    published = State()


class Harvest(StatesGroup):
    """A farmer says what became of a crop: `sale` is the campaign's id."""

    amount = State()
    shares = State()  # of a short crop, order by order
    later = State()
    photo = State()  # of the growing crop


class Weighing(StatesGroup):
    """A farmer weighs the orders of `sale`: `order` is on the scales."""

    grams = State()


class Proposing(StatesGroup):
    """A farmer asks the buyers of `sale` for other terms; what was said is a draft of its own."""

    price = State()
    goods = State()
    goods_price = State()


class Picking(StatesGroup):
    """A farmer works through a pick list: `sale` is the campaign's id."""

    rows = State()


class Carrying(StatesGroup):
    """A courier delivered `order` and may send a photo."""

    photo = State()


class Browsing(StatesGroup):
    """A buyer looks around; what is written is searched for."""

    market = State()


class Buying(StatesGroup):
    """A buyer chooses how much, confirms, or writes to the farmer."""

    quantity = State()
    confirm = State()
    reserved = State()
    note = State()
    wish = State()  # how much to wait for
    amount = State()  # another quantity of the order


class Asking(StatesGroup):
    """A question about a sale, its answer, or a message about an order: `sale`, `question` or `order` is the id."""

    question = State()
    answer = State()
    message = State()


class Talking(StatesGroup):
    """Somebody writes to a person of the co-op."""

    words = State()


class Calling(StatesGroup):
    """Staff writes what came of a call to `to`."""

    outcome = State()


class Paying(StatesGroup):
    """A buyer sends the receipt of a transfer, or says where it shall go."""

    invoice = State()
    receipt = State()
    address = State()


class Reviewing(StatesGroup):
    """A buyer judges an order."""

    text = State()
    photos = State()


class Payout(StatesGroup):
    """Somebody asks for money: `purse` says whether from the wallet or of the farm."""

    amount = State()
    destination = State()
    confirm = State()


class Deciding(StatesGroup):
    """Staff writes why, or under which reference: `kind`, `subject` and `rev` say about what."""

    reason = State()
    reference = State()
    order = State()  # the order that stray money is for
    answer = State()  # to the member `to`
    amount = State()  # that really came


class Looking(StatesGroup):
    """Staff looks through members; what is written is searched for."""

    members = State()


class Setting(StatesGroup):
    """The owner writes a setting (`name`), or a word about a way to pay (`provider`, `field`)."""

    currency = State()
    region = State()
    zone = State()
    shop = State()
    agreement = State()
    number = State()
    method = State()
    store = State()


class Complaining(StatesGroup):
    """A buyer tells what is wrong (of `order`, then `case`), or the farmer his side of it."""

    kind = State()  # of `order`; `words` and `media` are what was said instead
    photo = State()
    story = State()


class Charging(StatesGroup):
    """Staff enters a chargeback: of which order, how much of `payment`."""

    order = State()
    amount = State()
