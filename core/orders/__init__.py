"""Orders: reserve, settle, harvest, pack, hand over, receive, cancel. The verbs and their signatures:

All verbs refuse with core.errors.Refusal (core/orders/errors.py), never commit, never read the clock. Only flow.advance
changes `order.state`; every verb checks the permission registry itself. Objects passed in are refreshed in place.

states.py    OrderState, Status, STATUS_OF, By, TABLE, PRESSES (permission action -> states in which it is a button)
             transition(state, action), target(state, action) -> OrderState, actions_from(state), mermaid()
reserve.py   reserve(session, buyer: Actor, campaign, quantity: Decimal, *, now, note="") -> Order
settle.py    due_now(session, order) -> Money               to pay at this moment (deposit, or balance)
             methods_for(session, order) -> list[PaymentMethod]
             start_payment(session, actor, order, provider: str, *, now) -> Payment
                 messenger_invoice: send an invoice with payment.payload, payment.amount; transfer: show the method's
                 account and instructions, then ask for the receipt; cash: agreed at once; wallet: paid at once;
                 sandbox (demo, tests): paid at once. payment.state tells: created | submitted | confirmed | rejected
             precheck(session, *, payload, currency, amount_minor, member_id, now) -> None        or a Refusal
             book_suspense(session, *, provider, charge_id, amount: Money, now) -> None           by the receiver
             money_came(session, fact: MoneyFact(provider, charge_id, payload, amount), *, now) -> Outcome
             pay_from_wallet(session, actor, order, *, now) -> Payment
             agree_cash(session, actor, order, *, now) -> Payment
transfers.py submit_receipt(session, actor, payment, *, media_id: int | None, reference: str | None, now)
                 -> Submitted(payment, duplicate_of: int | None)
             goes_on_until(session, payment) -> datetime | None     the time to pay that a receipt did not stop
             fresh_receipt(session, actor, *, now) -> Payment | None        a further picture belongs to it
             add_picture(session, actor, payment, media_id: int, *, now) -> int        how many there are now
             decide_receipt(session, actor, payment, *, accept: bool, reason: str | None, amount=None, now)
                 -> Outcome | None                      None: rejected, or a second person must confirm the same
                 the second operator gets AlreadyDecided(by, at)
wallet.py    wallet_balance(session, member_id) -> Money
             ask_payout(session, actor, amount: Money, destination: str, *, now) -> Refund
             decide_payout(session, actor, refund, *, paid: bool, reference: str | None, now) -> bool
stray.py     book_stray(session, actor, task: Refund, number: str, *, now) -> Outcome      NoSuchOrder, OtherCurrency
delivery_choice.py  choose_delivery(session, actor, order, choice: "deliver" | "pickup", *, address="", now) -> None
             write_note(session, actor, order, note: str, *, now) -> None
harvest.py   harvest_plan(session, campaign, quantity: Decimal, sharing: Sharing) -> HarvestPlan
                 (lines, buyers, cut_out, expiring, total_asked, total_back, given: shown before the confirm)
             enter_harvest(session, actor, campaign, quantity, *, sharing: Sharing, now) -> HarvestPlan
talking.py   write(session, actor, order, text, *, voice=None, now) -> Remark      a draft while a number is in it
             send(session, actor, remark, *, now) -> Remark; said(session, actor, order) -> list[Line]
packing.py   pick_list(session, campaign, day: date, *, page=0) -> PickList(day, unit, lines, count, packed, total)
             set_picked(session, actor, order, picked: bool, *, now) -> None
             pick_numbers(session, actor, campaign, numbers: list[str], *, now) -> list[Order]      NotOnThisList
             pack(session, actor, order, *, now) -> None; pack_all(session, actor, campaign, *, now) -> list[Order]
fulfil.py    hand_over(session, actor, order, *, how: HandOver, now) -> Parcel | None
                 HandOver(carrier="manual", courier_id=None, self_delivered=False, boxes=1); pick-up: -> at_pickup
             report(session, actor, order, status: CourierStatus, *, now, note: CourierNote | None = None) -> None
                 CourierStatus: PICKED_UP (order dispatched) | ON_THE_ROAD | DELIVERED
             deliver(session, actor, order, *, now) -> None          handed out at the pick-up point, by the seller
             collect_cash(session, actor, order, amount: Money, *, now) -> None
             receive(session, actor, order, *, now) -> None
cancel.py    cancel(session, actor, order, *, now) -> Money           what went back; TooLateToCancel(until, deposit)
             loss_plan(session, campaign) -> LossPlan(orders, buyers, total_back)
             crop_lost(session, actor, campaign, why: str, *, now) -> LossPlan
             call_off(session, actor, campaign, *, why: str, now) -> LossPlan      staff; then catalog.publish.remove
closing.py   closes(session, campaign_id, now): the due task campaign.closes; the catalogue plans it
queries.py   my_orders(session, buyer_id, *, limit=10, before=None) -> list[OrderLine]
             farm_orders(session, farm_id, *, campaign_id=None, limit=20, before=None) -> list[OrderLine]
             order_card(session, order_id, viewer: Actor | None = None) -> OrderCard
             order_for(session, actor, order_id, action="order.see") -> Order     the row, or NotFound for a stranger
             campaign_progress(session, campaign) -> Progress
             todays_reservations(session, farm_id, day: date, zone: str) -> Today
             call_list(session, *, now, limit=20, skip=0) -> list[OrderLine]; call_count(session, *, now)
                                                                                  overdue beyond the grace
desk.py      desk(session, actor, *, now) -> Desk       what waits for staff; receipts, payouts, calls, day_numbers
due.py       registers order.hold_ends, order.deposit_reminder, order.balance_reminder, order.balance_late,
             order.auto_confirm_soon, order.auto_confirm, order.review_invitation, campaign.closes
Of other hands, in their own words: moving (another harvest date, a step of the batch), leaving and carrying (handing
over, the courier's side), earnings (a farm's money), desk (what waits for staff), evening, watch.
payments     core.payments.service: methods(session), set_method(session, actor, provider, *, details: MethodDetails(
             name, account="", instructions="", enabled=True), now), allow(*names): the composition root's word which of
             messenger_invoice and sandbox may be offered; provider_named(name).label() and .starts_with

Events of an order carry: from, to, reason and (minor units in the order's currency, quantities as text, ISO times):
ORDER_HELD quantity deposit total hold_until; DEPOSIT_PAID paid rest; ORDER_EXPIRED; ORDER_CANCELLED reason back;
ORDER_ALLOCATED asked given back owed; BALANCE_DUE owed until; BALANCE_REMINDER owed until; BALANCE_PAID paid;
PART_PAID paid owed; CASH_AGREED owed; CASH_COLLECTED paid owed; ORDER_PACKED lot; ORDER_COMPLETED.
Reasons of ORDER_CANCELLED: buyer, date_moved, target_missed, crop_lost, called_off, short_crop. A decision about many
orders leaves ONE event on the campaign (HARVEST_ENTERED, CROP_LOST, TARGET_MISSED, CAMPAIGN_CLOSED) for the farmer, and
one on each order for its buyer. REFUNDED (subject: the refund row) tells money that went to the wallet: amount order_id
why; MONEY_TO_CREDIT (subject: the payment row) real money that found no debt; TRANSFER_SUBMITTED, TRANSFER_REJECTED
have the payment as subject; PAYOUT_ASKED, PAYOUT_DONE the refund row of kind payout.
"""
