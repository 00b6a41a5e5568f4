"""The market's money as plain Python: what every verb must do to orders, wallets and accounts, in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

BEFORE_PACKED = {"held", "reserved", "balance_due", "overdue", "ready"}
CASH_STATES = {"ready", "packed", "dispatched", "at_pickup", "delivered"}
OPEN = CASH_STATES | {"held", "reserved", "balance_due", "overdue"}
BEFORE_HARVEST = {"open", "closed", "confirmed"}
HOLD, BALANCE, RECEIPT = timedelta(minutes=30), timedelta(hours=48), timedelta(hours=48)


def rounded(value: Decimal, how: str = ROUND_HALF_UP) -> int:
    return int(value.quantize(Decimal(1), rounding=how))


@dataclass
class Sale:
    """A campaign."""

    price: int
    capacity: int
    percent: int
    fee: int  # of delivery
    minimum: int
    closes: datetime
    again: datetime | None = None  # the decision waits until then
    state: str = "open"
    reserved: int = 0


@dataclass
class Deal:
    """An order."""

    id: int
    sale: Sale
    buyer: int
    asked: int
    hold_until: datetime | None
    state: str = "held"
    given: int | None = None
    paid: int = 0
    kept: int = 0  # still in escrow
    fee: int = 0
    shipped: int = 0
    has_cash: bool = False
    carrier: str = ""  # farmer, courier
    late_at: datetime | None = None
    confirm_at: datetime | None = None
    rejected: set[str] = field(default_factory=set)  # purposes of which a receipt was

    @property
    def deposit(self) -> int:
        return rounded(Decimal(self.sale.price * self.asked * self.sale.percent) / 100, ROUND_HALF_EVEN)

    @property
    def total(self) -> int:
        return self.sale.price * (self.asked if self.given is None else self.given) + self.fee

    @property
    def rest(self) -> int:
        return max(self.total - self.paid, 0)

    @property
    def moment(self) -> datetime | None:
        """When something falls due for it."""
        moments = {"held": self.hold_until, "balance_due": self.late_at, "delivered": self.confirm_at}
        return moments.get(self.state)

    @property
    def due(self) -> int:
        if self.state == "held":
            return max(self.deposit - self.paid, 0)
        return self.rest if self.state in {"balance_due", "overdue"} else 0


@dataclass
class Book:
    """All money there is, by where it is."""

    wallets: dict[int, int] = field(default_factory=dict)
    farm: int = 0
    platform: int = 0
    shipping: int = 0
    cash: int = 0
    came: int = 0
    stray: int = 0
    pending: int = 0
    gone: int = 0
    fee_percent: int = 3

    def credit(self, buyer: int, amount: int) -> None:
        self.wallets[buyer] = self.wallets.get(buyer, 0) + amount

    def back(self, deal: Deal, amount: int) -> None:
        self.credit(deal.buyer, amount)
        deal.paid -= amount
        deal.kept -= amount

    def end(self, deal: Deal, state: str) -> None:
        """Without the goods: everything back, the quota free."""
        self.back(deal, deal.kept)
        deal.state = state
        deal.sale.reserved -= deal.asked

    def receive(self, deal: Deal, amount: int) -> None:
        """Money that came in from outside, for this order."""
        self.came += amount
        taken = min(self._takes(deal, amount), amount)
        if taken:
            self.pay(deal, taken)
        self.credit(deal.buyer, amount - taken)

    def _takes(self, deal: Deal, amount: int) -> int:
        sale = deal.sale
        fits = sale.reserved + deal.asked <= sale.capacity and sale.state in BEFORE_HARVEST
        if deal.state == "expired" and amount >= deal.deposit and fits:
            sale.reserved += deal.asked
            deal.state = "held"
            return deal.deposit
        return deal.rest if deal.has_cash and deal.state in CASH_STATES else deal.due

    def pay(self, deal: Deal, amount: int) -> None:
        """Money reaches the order."""
        owed = deal.due
        deal.paid += amount
        deal.kept += amount
        if amount == owed and not deal.has_cash:
            deal.state = "reserved" if deal.state == "held" else "ready"

    def square(self, deal: Deal, now: datetime) -> None:
        """The total changed."""
        if deal.paid > deal.total:
            self.back(deal, deal.paid - deal.total)
        if deal.state in {"balance_due", "overdue"} and not deal.rest:
            deal.state = "ready"
        elif deal.state == "ready" and deal.rest and not deal.has_cash:
            deal.state, deal.late_at = "balance_due", now + BALANCE

    def harvest(self, deal: Deal, given: int, now: datetime) -> None:
        if given == 0:
            self.end(deal, "cancelled")
            return
        if given < deal.asked:
            keeps = rounded(Decimal(deal.deposit * given) / deal.asked)
            self.back(deal, max(deal.paid - keeps, 0))
        deal.given = given
        deal.state = "balance_due" if deal.rest else "ready"
        deal.late_at = now + BALANCE

    def release(self, deal: Deal) -> None:
        """The goods were received, or cash was recorded after that."""
        shipping = min(deal.fee - deal.shipped, deal.kept) if deal.carrier == "courier" else 0
        fee = rounded(Decimal((deal.kept - shipping) * self.fee_percent) / 100, ROUND_HALF_EVEN)
        self.shipping += shipping
        deal.shipped += shipping
        self.platform += fee
        self.farm += deal.kept - shipping - fee
        deal.kept = 0

    def pass_time(self, sales: list[Sale], deals: list[Deal], now: datetime) -> None:
        """Everything that falls due until now, in its order."""
        while True:
            due: list[tuple[datetime, Sale | Deal]] = [(deal.moment, deal) for deal in deals if deal.moment]
            due += [(sale.again or sale.closes, sale) for sale in sales if sale.state == "open"]
            due = [one for one in due if one[0] <= now]
            if not due:
                return
            what = min(due, key=lambda one: one[0])[1]
            if isinstance(what, Sale):
                self.close(what, [deal for deal in deals if deal.sale is what], now)
            else:
                self._fall_due(what, deals)

    def _fall_due(self, deal: Deal, deals: list[Deal]) -> None:
        if deal.state == "held":
            self.end(deal, "expired")
        elif deal.state == "balance_due":
            deal.state = "overdue"
        elif deal.state == "delivered":
            self.complete(deal, deals)

    def complete(self, deal: Deal, deals: list[Deal]) -> None:
        """The buyer has it."""
        deal.state = "completed"
        self.release(deal)
        if deal.sale.state == "allocated" and not any(one.sale is deal.sale and one.state in OPEN for one in deals):
            deal.sale.state = "done"

    def close(self, sale: Sale, deals: list[Deal], now: datetime) -> None:
        if sale.state != "open":
            return
        held = [deal for deal in deals if deal.state == "held"]
        sure = sale.reserved - sum(deal.asked for deal in held)
        if sure >= sale.minimum:
            sale.state = "confirmed"
        elif sale.reserved >= sale.minimum:
            runs = [deal.hold_until for deal in held if deal.hold_until is not None]
            sale.again = max(runs) + timedelta(minutes=1) if runs else now + timedelta(hours=1, minutes=1)
        else:
            sale.state = "failed"
            for deal in deals:
                if deal.state in {"held", "reserved"}:
                    self.end(deal, "expired" if deal.state == "held" else "cancelled")
