"""Script 8, the buyer: what is wrong, a photo, what would make it good; then the farmer's offer and the ruling."""

from __future__ import annotations

from core.errors import NotFound, Refusal
from core.i18n import N_, Name, _, hour, today
from core.messaging.media import media_of
from core.messaging.screen import Screen, button, rows_of
from core.notices.case_cards import PROBLEMS, case_card, cash_line
from core.orders import aftersale
from core.orders.case_models import AfterSaleCase
from core.orders.case_queries import case_for
from core.orders.case_states import Problem, Wish
from core.orders.errors import CaseDecided
from core.orders.models import Order
from core.orders.queries import order_for
from handlers.buyer import sums
from handlers.my_orders import card_of, own_order, show_order
from handlers.publish_photo import incoming
from handlers.routes import expects, press, refused
from handlers.states import Complaining
from handlers.turn import Reply, Toast, Turn

TOLD = (Problem.SPOILED, Problem.LESS, Problem.WRONG, Problem.LATE)
KIND_EXAMPLE = N_("Press what is wrong, or write it, for example: Half of them are brown. A photo helps too 📷")
PHOTO_EXAMPLE = N_("Send a photo of it 📷, or write a few words, for example: Half of them are brown. Or press Skip.")


def case_of(turn: Turn) -> AfterSaleCase:
    """The case of the button pressed, for whoever has to do with it. Raises NotFound."""
    return case_for(turn.session, turn.actor, turn.pressed_id)


def pressed_case(turn: Turn) -> AfterSaleCase:
    """The same, at the revision the button showed. Raises Changed."""
    case = case_of(turn)
    turn.still(case)
    return case


@press("kcase")
async def show_case(turn: Turn) -> Reply:
    """One case; also what is shown after a stale button."""
    return case_card(turn.session, case_of(turn), turn.actor)


@press("kprob", fresh=show_order)
async def ask_problem(turn: Turn) -> Reply:
    """[⚠️ Problem]: which?"""
    order = own_order(turn, "order.complain")
    await turn.goto(Complaining.kind, order=order.id, words="", media=None)
    return _kinds(turn, order)


def _kinds(turn: Turn, order: Order, noted: str = "") -> Screen:
    buttons = [button(_(PROBLEMS[each]), "kkind", order.id, order.rev, each.value) for each in TOLD]
    asked = _("⚠️ {number}: what is wrong?", number=Name(order.number))
    back = button(_("⬅️ Back"), "border", order.id)
    lines = [noted, asked, sums(card_of(turn, order.id))]
    return Screen("\n".join(line for line in lines if line), (*rows_of(buttons, 2), (back,)))


@expects(Complaining.kind, takes="photo text", example=KIND_EXAMPLE, digits_press=True)
async def told_already(turn: Turn) -> Reply:
    """Who tells it in words, or shows it, is asked only which kind it is."""
    order = order_for(turn.session, turn.actor, int(turn.data.get("order", 0)), "order.complain")
    words = turn.text or turn.data.get("words", "")
    await turn.keep(words=words, media=incoming(turn).id if turn.media else turn.data.get("media"))
    return _kinds(turn, order, _("✍️ Noted. Please press what fits best.")).fresh()


@press("kkind", fresh=show_order)
async def got_problem(turn: Turn) -> Reply:
    """Noted, with what was said of it before; a photo says more."""
    order = own_order(turn, "order.complain")
    value = turn.pressed_value
    if value not in [each.value for each in TOLD]:
        raise NotFound
    case = aftersale.start_case(turn.session, turn.actor, order, Problem(value), now=turn.now)
    told = turn.data if turn.data.get("order") == order.id else {}
    words, picture = told.get("words", ""), told.get("media")
    if words or picture:
        media = media_of(turn.session, picture) if picture else None
        aftersale.show(turn.session, turn.actor, case, media, words)
    await turn.goto(Complaining.photo, case=case.id, words="", media=None)
    if picture:
        return _wishes(turn, case)
    asked = _("{problem}. Photo 📷", problem=_(PROBLEMS[Problem(value)]))
    return Screen(asked, ((button(_("Skip"), "kskip", case.id, case.rev),),))


@expects(Complaining.photo, takes="photo text", example=PHOTO_EXAMPLE, digits_press=True)
async def got_photo(turn: Turn) -> Reply:
    """A picture, its caption, or words alone."""
    case = case_for(turn.session, turn.actor, int(turn.data.get("case", 0)))
    picture = incoming(turn) if turn.media else None
    aftersale.show(turn.session, turn.actor, case, picture, turn.text)
    return _wishes(turn, case).fresh()


@press("kskip", fresh=show_case)
async def skip_photo(turn: Turn) -> Reply:
    """No photo."""
    return _wishes(turn, pressed_case(turn))


def _wishes(turn: Turn, case: AfterSaleCase) -> Screen:
    """[Refund part][Refund all][Replace], with what each comes to."""
    order = turn.session.get_one(Order, case.order_id)
    part, whole = (aftersale.would_get(turn.session, order, wish) for wish in (Wish.PART, Wish.ALL))
    lines = [
        _("What would make it good?"),
        _("Part: {part} back · all: {whole} back", part=part, whole=whole),
        cash_line(turn.session, case.order_id, whole),
        sums(card_of(turn, case.order_id)),
    ]
    labels = {Wish.PART: _("Refund part"), Wish.ALL: _("Refund all"), Wish.REPLACE: _("Replace")}
    buttons = tuple(button(label, "kwish", case.id, case.rev, wish.value) for wish, label in labels.items())
    return Screen("\n".join(line for line in lines if line), (buttons[:2], buttons[2:]))


@press("kwish", fresh=show_case)
async def got_wish(turn: Turn) -> Reply:
    """The farmer is told."""
    case, value = pressed_case(turn), turn.pressed_value
    if value not in [wish.value for wish in Wish]:
        raise NotFound
    aftersale.ask(turn.session, turn.actor, case, Wish(value), now=turn.now)
    await turn.leave()
    return case_card(turn.session, case, turn.actor, _("✅ The farmer is told. Your money waits until this has ended."))


@press("ktake", fresh=show_case)
async def take_offer(turn: Turn) -> Reply:
    """[Accept ₹48]: the money is in the wallet."""
    case = pressed_case(turn)
    aftersale.take_offer(turn.session, turn.actor, case, now=turn.now)
    return case_card(turn.session, case, turn.actor)


@press("ksay", fresh=show_case)
async def say(turn: Turn) -> Reply:
    """Decline, withdraw, it came, it did not come."""
    case = pressed_case(turn)
    aftersale.answer(turn.session, turn.actor, case, turn.pressed_value, now=turn.now)
    return case_card(turn.session, case, turn.actor)


@press("kappeal", fresh=show_case)
async def appeal(turn: Turn) -> Reply:
    """[⚖️ Appeal]: another person of the co-op looks again."""
    case = pressed_case(turn)
    aftersale.appeal(turn.session, turn.actor, case, now=turn.now)
    return case_card(turn.session, case, turn.actor)


@refused(CaseDecided)
def decided_before(turn: Turn, error: Refusal) -> Reply:
    """Another was first: who and when, and how it stands now."""
    at = error.params["at"]
    moment = hour(at) if today(at) == turn.today else at  # type: ignore[arg-type] # the refusal carries a moment
    told = _("Already decided by {by} {at}", by=error.params["by"], at=moment)
    return [Toast(told, alert=True), case_card(turn.session, case_of(turn), turn.actor)]
