"""What orders and their money refuse; each docstring is the message, its placeholders are values."""

from __future__ import annotations

from core.errors import Changed, Refusal, YourOwn


class QuotaExceeded(Refusal):
    """Only {left} {unit} left."""


class SoldOut(QuotaExceeded):
    """Everything is reserved."""


class NotInPacks(Refusal):
    """This is sold in steps of {pack} {unit}, from {pack} to {most} {unit}. Example: {example} {unit}"""


class SaleNotOpenYet(Refusal):
    """This sale opens {opens}."""


class SaleClosed(Refusal):
    """This sale is closed."""


class TooManyUnpaid(Refusal):
    """You already have {most} reservations without a deposit. Pay or cancel one first."""


class StillFree(Refusal):
    """There is enough left: reserve it now."""


class TooManyPlaces(Refusal):
    """You wait in {most} sales already. Leave one list first."""


class OfferEnded(Refusal):
    """This offer has ended: the share went to the next person."""


class NoMoreLeft(Refusal):
    """Of this sale you can have at most {most} {unit} in all."""


class TooLateForLess(Refusal):
    """Taking less was free until {until}. The farmer now counts on you."""


class OwnOrder(YourOwn):
    """This order is yours. Send the link to whoever shall have it."""


class HandedTooOften(Refusal):
    """This order was handed over {most} times already. Cancel it instead."""


class NoteTooLong(Refusal):
    """A note can have {most} characters, yours has {length}."""


class TooLateToCancel(Refusal):
    """Cancelling was free until {until}. The farmer now counts on you. Your deposit: {deposit}."""


class HoldEnded(Refusal):
    """This reservation ended {ended}. Nothing was charged."""


class NothingDue(Refusal):
    """Nothing is to pay here now."""


class PriceChanged(Refusal):
    """The amount changed. To pay now: {due}."""


class WrongPayer(Refusal):
    """This payment was opened for another person."""


class MethodNotOffered(Refusal):
    """This way to pay is not offered here. Choose another."""


class CreditTooLow(Refusal):
    """Your wallet holds {credit}, that is less than {wanted}."""


class NothingToSend(Refusal):
    """{sum} was in the wallet, which holds only {credit} by now: there is nothing to send."""


class NotYetFree(Refusal):
    """Only {free} is free; {held} waits for buyers."""


class StillResting(NotYetFree):
    """Only {free} is free; {held} waits for buyers, {resting} was released a short while ago and is free soon."""


class AmountNotPositive(Refusal):
    """The amount must be more than nothing and at most {most}."""


class NotDelivered(Refusal):
    """This order has not been delivered yet."""


class DeliveryNotOffered(Refusal):
    """This sale does not offer that. Choose another way."""


class AddressMissing(Refusal):
    """Write street, number and place, for example: 12 Lake Road, Hill Town. Or share your place 📎"""


class DeliveryNotChosen(Refusal):
    """The buyer of {number} has not said where it shall go."""


class HarvestTooMuch(Refusal):
    """{quantity} {unit} is more than the {offered} {unit} on offer. Enter what goes to the buyers."""


class HarvestNothing(Refusal):
    """Write how much was harvested, for example {example} {unit}. If nothing is left, press Lost."""


class NoSuchOrder(Refusal):
    """I have no order {wanted}. Write its number, for example: A12"""


class OtherCurrency(Refusal):
    """{sum} cannot pay for {number}, which counts in {currency}. It can only be sent back."""


class BadShare(Refusal):
    """The shares must stay within each order, in steps of {pack}, and within the harvest of {harvest}."""


class NothingToPick(Refusal):
    """No order is to be picked here yet. One comes on this list once its balance is paid."""


class NotOnThisList(Refusal):
    """I have no order {wanted} here. Yours: {yours}."""


class MoreTimeGiven(Refusal):
    """More time is given once. Please pay by {until}."""


class HasLeft(Refusal):
    """Packed or on their way: {count}. A sale is cancelled before anything of it is packed."""


class NotShort(Refusal):
    """Nothing of this order was cut. It can only be refused when the share is smaller than ordered."""


class NoTroubleSaid(Refusal):
    """Say what happened: press one of the reasons."""


class WeightOutside(Refusal):
    """A weight must be more than 0 and at most {most}. Example: {example}"""


class PriceNotHigher(Refusal):
    """Price: {price} is not higher than the agreed {agreed}. Example: {example}"""


class PriceOutside(Refusal):
    """Price: it must be more than 0 and at most {most}, that is twice the agreed price. Example: {example}"""


class StillAsked(Refusal):
    """Buyers still think about your last question, until {until}. Ask again after that."""


class NobodyToAsk(Refusal):
    """Nobody can be asked: this is for buyers who owe the balance and have paid only the deposit, once for each."""


class ExtendedBefore(Refusal):
    """A sale can be extended once. This one was, and closes {closes}."""


class CaseAlready(Refusal):
    """There is already a case about this order."""


class CaseOpen(Refusal):
    """A case about this order is open. It can be confirmed once that has ended."""


class CaseTooLate(Refusal):
    """A problem can be told within {days} days after the delivery. Press 📞 Human under /help."""


class NothingPaid(Refusal):
    """Nothing was paid for {number} that could go back."""


class CaseDecided(Changed):
    """Already decided by {by} {at}"""


class AnotherRules(YourOwn):
    """You ruled on this before: after an appeal another person decides. Ask {names}."""


class ChargebackAlready(Refusal):
    """This charge was entered as a chargeback before."""
