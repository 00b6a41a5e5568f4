"""[🤝 Hand over]: a one-time link for one's order, and what whoever opens it reads and presses."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import Name, _
from core.members import service as members
from core.members.queries import member
from core.messaging.screen import Screen, button
from core.orders import handing
from core.orders.queries import OrderCard, order_card
from core.permissions import Role
from core.settings.service import get_int, get_text
from handlers.buyer import sums
from handlers.home import MARKET, MY_ORDERS, keyboard
from handlers.my_orders import card_of, own_order, show_order
from handlers.order_screens import money_screen
from handlers.routes import link, press
from handlers.turn import Reply, Turn
from handlers.words import amount, sale_words


@press("bgive", fresh=show_order)
async def explain(turn: Turn) -> Reply:
    """What it means, before there is a link."""
    card = card_of(turn, own_order(turn, "order.give").id)
    lines = [
        _("🤝 {number}, {got}: give it to somebody else?", number=Name(card.number),
          got=amount(card.quantity, card.unit)),
        _("Whoever opens the link first and agrees has the order and the {sum} paid in it. It does not come back to "
          "you: settle that between yourselves. Later refunds go to the new buyer.", sum=card.paid),
        sums(card),
    ]  # fmt: skip
    yes = button(_("🤝 Make the link"), "bgivelink", card.id, card.rev)
    return Screen("\n".join(lines), ((yes, button(_("↩️ Keep it"), "border", card.id)),))


@press("bgivelink", fresh=show_order)
async def make_link(turn: Turn) -> Reply:
    """The link, shown once; the order stays one's own until somebody takes it."""
    order = own_order(turn, "order.give")
    token = handing.give(turn.session, turn.actor, order, now=turn.now)
    address = f"https://t.me/{turn.bot.username}?start=h_{token}"
    told = _("🤝 Send this link to one person. It works once, for {hours} h. Until then {number} is yours.\n{link}",
             hours=get_int(turn.session, "hand_over_hours"), number=Name(order.number), link=address)  # fmt: skip
    return Screen(told, ((button(_("↩️ Keep it"), "bgiveno", order.id, order.rev),),), edit=False)


@press("bgiveno", fresh=show_order)
async def keep_it(turn: Turn) -> Reply:
    """The link ends."""
    order = own_order(turn, "order.give")
    handing.call_back(turn.session, turn.actor, order, now=turn.now)
    return Screen(_("↩️ {number} stays yours; the link has ended.", number=Name(order.number)),
                  ((button(_("🧾 {number}", number=Name(order.number)), "border", order.id),),))  # fmt: skip


@link("h_")
async def opened(turn: Turn) -> Reply:
    """What is handed over, with its money; a newcomer becomes a buyer in the app's language."""
    found = handing.look_at(turn.session, turn.actor, turn.text, now=turn.now)
    card = order_card(turn.session, found.order_id)
    newcomer = turn.who.home is None and turn.who.language is None
    shown = _offer(turn, card, member(turn.session, found.giver_id).name).fresh()
    return [_welcome(turn), shown] if newcomer else shown


def _offer(turn: Turn, card: OrderCard, giver: str) -> Screen:
    is_new = turn.who.agreed_version != get_text(turn.session, "agreement_version")
    lines = [
        _("🤝 {giver} hands {goods} over to you: {got} from {store}.", giver=Name(giver), goods=sale_words(card),
          got=amount(card.quantity, card.unit), store=Name(card.store_name)),
        _("🌱 Ready about {day}", day=card.harvest_on) if card.harvest_on else "",
        _("What {giver} paid counts for you, and refunds go to you. What you give {giver} for it is between you two.",
          giver=Name(giver)),
        _("By going on you accept the rules of the co-op: /rules") if is_new else "",
        sums(card),
    ]  # fmt: skip
    take = button(_("✅ Take it over"), "bover", value=turn.text)
    return Screen("\n".join(line for line in lines if line), ((take, button(_("No"), "bovernot")),))


def _welcome(turn: Turn) -> Screen:
    person = member(turn.session, turn.who.member_id)
    members.choose_language(turn.session, person, turn.speech.language, now=turn.now)
    members.switch_home(turn.session, person, Role.CONSUMER)
    return keyboard(Role.CONSUMER, _("🧺 Welcome, {name}.", name=Name(person.name)))


@press("bover")
async def take_over(turn: Turn) -> Reply:
    """Theirs from now on; where it shall go is asked."""
    if turn.press is None or not turn.press.value:
        raise NotFound
    if turn.who.agreed_version != get_text(turn.session, "agreement_version"):
        members.agree(turn.session, member(turn.session, turn.who.member_id), now=turn.now)
    order = handing.take_over(turn.session, turn.actor, turn.press.value, now=turn.now)
    card = card_of(turn, order.id)
    return money_screen(card, _("✅ {number} is yours: {goods}, {got}", number=Name(card.number),
                                goods=sale_words(card), got=amount(card.quantity, card.unit)))  # fmt: skip


@press("bovernot")
async def not_taken(_turn: Turn) -> Reply:
    """It stays whose it is."""
    rows = ((button(_(MARKET), "bmarket"), button(_(MY_ORDERS), "borders")),)
    return Screen(_("It stays whose it was. The link works on until it is used or ends."), rows)
