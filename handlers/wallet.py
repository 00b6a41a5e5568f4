"""[👛 Wallet]: what is in it, how it came and went, and what of it is asked for (payout.py)."""

from __future__ import annotations

from core.i18n import Name, _
from core.messaging.screen import Screen, button
from core.money import Money
from core.orders import payouts, wallet
from core.orders.models import number_of
from core.payments import ledger
from core.payments.ledger import AccountKind, Line
from handlers.home import WALLET
from handlers.payout_screens import requests
from handlers.routes import press, tile
from handlers.turn import Reply, Turn

LINES_SHOWN = 5


@tile(WALLET)
@press("bwallet")
async def show_wallet(turn: Turn) -> Reply:
    """The balance and its last changes."""
    await turn.leave()
    credit = wallet.wallet_balance(turn.session, turn.who.member_id)
    own = ledger.account(
        turn.session, AccountKind.CUSTOMER_CREDIT, credit.currency, owner=("member", turn.who.member_id), now=turn.now
    )
    lines = ledger.statement(turn.session, own, limit=LINES_SHOWN)
    told = [_("👛 {sum} in your wallet", sum=credit), *(_line(line) for line in lines)]
    told.append(_("Money that goes back to you comes here. It pays your next order, or you withdraw it."))
    rows = ((button(_("Withdraw"), "bout"),),) if credit else ()
    asked, takeable = requests(payouts.waiting(turn.session, turn.who.member_id, None))
    return Screen("\n".join([*told, *asked]), (*rows, *takeable))


def _line(line: Line) -> str:
    """One change: when, how much, and for which order."""
    sign = "➖" if line.amount.minor < 0 else "➕"
    amount = Money(abs(line.amount.minor), line.amount.currency)
    if line.order_id is None:
        return _("{sign} {sum} · {moment}", sign=sign, sum=amount, moment=line.at)
    return _("{sign} {sum} · {number} · {moment}", sign=sign, sum=amount, number=Name(number_of(line.order_id)),
             moment=line.at)  # fmt: skip
