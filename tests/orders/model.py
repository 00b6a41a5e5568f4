"""The market's money as plain Python: what every verb must do to orders, wallets and accounts, in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

BEFORE_PACKED = {"held", "reserved", "allocated", "consent_wait", "balance_due", "overdue", "ready"}
CASH_STATES = {"ready", "packed", "dispatched", "at_pickup", "delivered"}
OPEN = CASH_STATES | BEFORE_PACKED | {"delivery_failed"}
BEFORE_HARVEST = {"open", "closed", "confirmed"}
HOLD, BALANCE, RECEIPT = timedelta(minutes=30), timedelta(hours=48), timedelta(hours=48)
GIVEN_UP, MORE, CONSENT, DECIDE = timedelta(hours=48), timedelta(hours=24), timedelta(hours=24), timedelta(hours=24)
TOLERANCE = Decimal("0.1")


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
    by_weight: bool = False
    extended: bool = False
    harvest_on: date = date(2026, 5, 20)
    state: str = "open"
    reserved: int = 0


@dataclass
class Bank:
    """A chargeback that is neither won nor lost."""

    id: int
    amount: int
    reached: int  # of its charge, the order
    aside: int = 0


@dataclass
class Deal:
    """An order."""

    id: int
    sale: Sale
    buyer: int
    asked: int
    hold_until: datetime | None
    promised: date
    state: str = "held"
    given: int | None = None
    paid: int = 0
    kept: int = 0  # still in escrow
    from_wallet: int = 0  # of what was paid
    fee: int = 0
    shipped: int = 0
    has_cash: bool = False
    carrier: str = ""  # farmer, courier
    weight: Decimal | None = None
    price: int | None = None  # another one, that the buyer accepted
    offer: tuple[int, bool] | None = None  # other terms asked for, once: the price, and whether other goods come
    thinks: bool = False  # about them
    accepted: bool = False
    asked_more: bool = False
    late_at: datetime | None = None
    given_up_at: datetime | None = None
    consent_at: datetime | None = None
    confirm_at: datetime | None = None
    confirms: list[datetime] = field(default_factory=list)  # when silence counts as receipt, after a chargeback
    banks: list[Bank] = field(default_factory=list)
    returned: int = 0  # to the wallet, and not set aside again
    farm_had: int = 0
    rejected: set[str] = field(default_factory=set)  # purposes of which a receipt was

    @property
    def deposit(self) -> int:
        return rounded(Decimal(self.sale.price * self.asked * self.sale.percent) / 100, ROUND_HALF_EVEN)

    @property
    def total(self) -> int:
        share = Decimal(self.asked if self.given is None else self.given) if self.weight is None else self.weight
        return rounded((self.price or self.sale.price) * share) + self.fee

    @property
    def deposit_share(self) -> int:
        """The deposit of the goods it is still about."""
        return self.deposit if self.given is None else rounded(Decimal(self.deposit * self.given) / self.asked)

    @property
    def rest(self) -> int:
        return max(self.total - self.paid, 0)

    def plan_end(self, now: datetime) -> None:
        """When an overdue order is given up."""
        self.given_up_at = max((self.late_at or now) + GIVEN_UP, now + timedelta(hours=4))

    @property
    def may_refuse(self) -> bool:
        """A smaller share."""
        is_short = self.given is not None and self.given < self.asked
        open_still = self.state in {"allocated", "balance_due", "ready"} and not self.accepted and not self.has_cash
        return is_short and open_still and self.paid <= self.deposit_share

    def may_be_asked(self, price: int, *, is_other: bool) -> bool:
        """For a higher price or other goods: who owes the balance and has paid no more than the deposit."""
        open_still = self.state == "balance_due" and self.offer is None and not self.has_cash
        paid_little = self.paid <= self.deposit_share and self.paid < self.total - self.fee
        return open_still and paid_little and (is_other or price > self.sale.price)

    @property
    def moment(self) -> datetime | None:
        """When something falls due for it."""
        silence = [one for one in (self.confirm_at, *self.confirms) if one is not None]
        moments = {"held": self.hold_until, "balance_due": self.late_at, "delivered": min(silence, default=None),
                   "overdue": self.given_up_at, "consent_wait": self.consent_at}  # fmt: skip
        return moments.get(self.state)

    @property
    def contested(self) -> int:
        return sum(bank.amount - bank.aside for bank in self.banks)

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
    aside: int = 0
    debt: int = 0  # of the farm, to the platform

    def credit(self, buyer: int, amount: int) -> None:
        self.wallets[buyer] = self.wallets.get(buyer, 0) + amount

    def back(self, deal: Deal, amount: int) -> None:
        self.give(deal, amount)
        deal.paid -= amount
        deal.kept -= amount
        for bank in deal.banks:
            part = min(amount, bank.amount - bank.aside)
            self.set_aside(deal, bank, part)
            amount -= part

    def give(self, deal: Deal, amount: int) -> None:
        self.credit(deal.buyer, amount)
        deal.returned += amount

    def set_aside(self, deal: Deal, bank: Bank, amount: int) -> None:
        self.give(deal, -amount)
        bank.aside += amount
        self.aside += amount

    def charge_back(self, deal: Deal, bank: Bank) -> None:
        """The provider took it; what went back for the order before is set aside."""
        self.platform -= bank.amount
        self.came -= bank.amount
        deal.banks.append(bank)
        self.set_aside(deal, bank, min(bank.amount, max(deal.returned, 0), self.wallets.get(deal.buyer, 0)))

    def end_bank(self, deal: Deal, bank: Bank, now: datetime, *, won: bool) -> None:
        deal.banks.remove(bank)
        self.platform += bank.aside
        self.aside -= bank.aside
        if won:
            self.came += bank.amount
            self.platform += bank.amount - bank.aside
            self.give(deal, bank.aside)
        else:
            self._lose(deal, min(bank.amount - bank.aside, bank.reached + deal.from_wallet))
            if deal.state == "ready" or (deal.state == "packed" and not deal.carrier):  # nobody was told to come yet
                self.square(deal, now)
        if deal.banks:
            return
        if deal.state == "settled_undelivered":
            goods = min(deal.kept, deal.deposit_share)
            self.keep(deal, goods, deal.kept - goods)
        elif deal.state in {"completed", "forfeited"}:
            self.release(deal)
        elif deal.state == "delivered":
            deal.confirms.append(now + RECEIPT / 2)

    def _lose(self, deal: Deal, rest: int) -> None:
        """What the order holds, then what the farm had of it, pays the platform."""
        order = min(rest, deal.kept)
        deal.paid -= order
        deal.kept -= order
        had = min(rest - order, deal.farm_had)
        farm = min(had, self.farm)
        deal.farm_had -= farm
        self.farm -= farm
        self.platform += order + farm
        self.debt += had - farm

    def earn(self, deal: Deal, amount: int) -> None:
        """The farm's; what it owes is taken of it."""
        deal.farm_had += amount
        self.free_again(amount)

    def free_again(self, amount: int) -> None:
        part = min(self.debt, amount)
        self.debt -= part
        self.platform += part
        self.farm += amount - part

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
        self.give(deal, amount - taken)

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
        elif deal.state in {"ready", "packed"} and deal.rest and not deal.has_cash:
            deal.state, deal.late_at = "balance_due", now + BALANCE

    def harvest(self, deal: Deal, given: int, now: datetime) -> None:
        if given == 0:
            self.end(deal, "cancelled")
            return
        if given < deal.asked:
            keeps = rounded(Decimal(deal.deposit * given) / deal.asked)
            self.back(deal, max(deal.paid - keeps, 0))
        deal.given = given
        if deal.sale.by_weight:
            deal.state = "allocated"
            return
        self.ask(deal, now)

    def ask(self, deal: Deal, now: datetime) -> None:
        """For the balance."""
        deal.state = "balance_due" if deal.rest else "ready"
        deal.late_at = now + BALANCE

    def weigh(self, deal: Deal, weight: Decimal, now: datetime) -> None:
        deal.weight = weight
        self.back(deal, max(deal.paid - deal.total, 0))
        if abs(weight - (deal.given or 0)) <= (deal.given or 0) * TOLERANCE:
            self.ask(deal, now)
        else:
            deal.state, deal.consent_at = "consent_wait", now + CONSENT

    def consent(self, deal: Deal, now: datetime, *, said: bool) -> None:
        """The buyer took it, or said nothing in time."""
        thought, deal.thinks = deal.thinks, False
        if said:
            deal.accepted = True
            deal.price = deal.offer[0] if thought and deal.offer else deal.price
        elif not thought:
            deal.weight = min(deal.weight or Decimal(0), (deal.given or 0) * (1 + TOLERANCE))
        self.back(deal, max(deal.paid - deal.total, 0))
        self.ask(deal, now)

    def refuse(self, deal: Deal, deals: list[Deal]) -> None:
        """Another weight, a higher price, other goods: not taken."""
        deal.thinks = False
        self.end(deal, "cancelled")
        self.over(deal.sale, deals)

    def keep(self, deal: Deal, goods: int, delivery: int) -> None:
        """The buyer leaves this behind, the rest goes back."""
        self.back(deal, deal.kept - goods - delivery)
        if deal.banks:
            return
        farm = goods if deal.carrier == "courier" else goods + delivery
        fee = rounded(Decimal(farm * self.fee_percent) / 100, ROUND_HALF_EVEN)
        self.platform += fee
        self.earn(deal, farm - fee)
        self.shipping += delivery if deal.carrier == "courier" else 0
        deal.kept = 0

    def leave(self, deal: Deal, state: str, deals: list[Deal]) -> None:
        """It ended without the goods, its money is dealt with."""
        deal.state = state
        deal.sale.reserved -= deal.asked
        self.over(deal.sale, deals)

    def give_up(self, deal: Deal, deals: list[Deal]) -> None:
        """The balance never came."""
        self.back(deal, max(deal.kept - deal.deposit_share, 0))
        self.release(deal)
        self.leave(deal, "forfeited", deals)

    def over(self, sale: Sale, deals: list[Deal]) -> None:
        if sale.state == "allocated" and not any(one.sale is sale and one.state in OPEN for one in deals):
            sale.state = "done"

    def release(self, deal: Deal) -> None:
        """The goods were received, or cash was recorded after that."""
        if deal.banks:
            return
        shipping = min(deal.fee - deal.shipped, deal.kept) if deal.carrier == "courier" else 0
        fee = rounded(Decimal((deal.kept - shipping) * self.fee_percent) / 100, ROUND_HALF_EVEN)
        self.shipping += shipping
        deal.shipped += shipping
        self.platform += fee
        self.earn(deal, deal.kept - shipping - fee)
        deal.kept = 0

    def pass_time(self, sales: list[Sale], deals: list[Deal], now: datetime) -> None:
        """Everything that falls due until now, in its order."""
        while True:
            due: list[tuple[datetime, Sale | Deal]] = [(deal.moment, deal) for deal in deals if deal.moment]
            due += [(sale.again or sale.closes, sale) for sale in sales if sale.state in {"open", "closed"}]
            due = [one for one in due if one[0] <= now]
            if not due:
                return
            what = min(due, key=lambda one: one[0])[1]
            if isinstance(what, Sale):
                self.close(what, [deal for deal in deals if deal.sale is what], now)
            else:
                self._fall_due(what, deals, now)

    def _fall_due(self, deal: Deal, deals: list[Deal], now: datetime) -> None:
        if deal.state == "held":
            self.end(deal, "expired")
        elif deal.state == "balance_due":
            deal.state = "overdue"
            deal.plan_end(now)
        elif deal.state == "overdue":
            self.give_up(deal, deals)
        elif deal.state == "consent_wait" and deal.thinks and deal.offer and deal.offer[1]:
            self.refuse(deal, deals)
        elif deal.state == "consent_wait":
            self.consent(deal, now, said=False)
        elif deal.state == "delivered" and deal.banks:  # the end of the chargeback plans it anew
            deal.confirm_at, deal.confirms = None, []
        elif deal.state == "delivered":
            self.complete(deal, deals)

    def complete(self, deal: Deal, deals: list[Deal]) -> None:
        """The buyer has it."""
        deal.state = "completed"
        self.release(deal)
        self.over(deal.sale, deals)

    def close(self, sale: Sale, deals: list[Deal], now: datetime) -> None:
        if sale.state not in {"open", "closed"}:
            return
        held = [deal for deal in deals if deal.state == "held"]
        sure = sale.reserved - sum(deal.asked for deal in held)
        if sure >= sale.minimum:
            sale.state = "confirmed"
        elif sale.reserved >= sale.minimum:
            runs = [deal.hold_until for deal in held if deal.hold_until is not None]
            sale.again = max(runs) + timedelta(minutes=1) if runs else now + timedelta(hours=1, minutes=1)
        elif sale.state == "open" and sure:
            for deal in held:
                self.end(deal, "expired")
            sale.state, sale.again = "closed", now + DECIDE
        else:
            sale.state = "failed"
            for deal in deals:
                if deal.state in {"held", "reserved"}:
                    self.end(deal, "expired" if deal.state == "held" else "cancelled")
