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
             decide_payout(session, actor, refund, *, paid: bool, reference: str | None, now) -> bool
payouts.py   purse_of(session, actor, farm_id | None: wallet, *, now) -> Purse(free, held, resting, farm_id)
             ask_payout(session, actor, amount: Money, destination: str, *, farm_id=None, now) -> Refund
             take_back(session, actor, refund, *, now) -> None
             waiting, destinations, destination, promise: what is asked for, where to, by when
             payout_states.py is the table of its states and ways
cash.py      cash_owed(session, member_id) -> Money; carriers(session, actor, *, page=0) -> list[Carried]
             hand_in(session, actor, seen: Carried, *, now) -> Money       Changed when more came meanwhile
stray.py     book_stray(session, actor, task: Refund, number: str, *, now) -> Outcome | None
                 NoSuchOrder, OtherCurrency; None: a second person must name the same order first
delivery_choice.py  choose_delivery(session, actor, order, choice: "deliver" | "pickup", *, address="", now) -> None
             write_note(session, actor, order, note: str, *, now) -> None
harvest.py   harvest_plan(session, campaign, quantity: Decimal, sharing: Sharing, *, shares=None) -> HarvestPlan
                 (lines, buyers, cut_out, expiring, total_asked, total_back, given: shown before the confirm)
             enter_harvest(session, actor, campaign, quantity, *, sharing: Sharing, shares=None, now) -> HarvestPlan
                 shares: order id -> quantity, when the sharing is MANUAL
consent.py   accept_share, decline_share(session, actor, order, *, now)      of a short crop; declining is free
             weigh(session, actor, order, weight: Decimal, *, now) -> Weighed(asked, total, until)      by final weight
             accept_weight, refuse_weight(session, actor, order, *, now)     silence pays agreed_most(order)
             next_to_weigh(session, campaign) -> (Order | None, how many); is_outlier(order, weight)
terms.py     write_price, price_goods(session, actor, campaign, price: Money, *, now) -> Proposal    a draft
             write_goods(session, actor, campaign, words, *, now); draft_of(session, campaign) -> Proposal | None
             may_be_asked(session, campaign) -> int: how many buyers
             terms_plan(session, campaign, *, now) -> TermsPlan(proposal, asked, others, until, paid, rest)
             propose(session, actor, campaign, *, now) -> TermsPlan       StillAsked, NobodyToAsk; each order once
             accept_terms, refuse_terms(session, actor, order, *, now)    silence: the agreed price; goods: all back
             standing(session, campaign) -> Standing | None           how many accepted, refused, unheard, thinking
             terms_back.take_back(session, actor, campaign, *, now) -> int    who still thinks owes what was agreed
forfeit.py   more_time(session, actor, order, *, now) -> datetime            once; MoreTimeGiven(until)
             forfeit_plan(session, order) -> Forfeit(kept, back); forfeit(session, actor, order, *, now)     by staff
undelivered.py  fail_delivery(session, actor, order, cause: Cause, *, now) -> datetime       until when it keeps
             try_again(session, actor, order, *, now)                        on the road, or at the pick-up place, again
             settlement(session, order, bearer) -> Settlement(bearer, goods, delivery, back)
             settle_undelivered(session, actor, order, bearer: Bearer, *, now)               by staff
             failed(session, actor, *, page=0) -> list[Order]
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
aftersale.py start_case(session, actor, order, problem, *, now) -> AfterSaleCase   a draft; CaseAlready, CaseTooLate
             show(session, actor, case, media | None, words); would_get(session, order, wish) -> Money
             ask(session, actor, case, wish, *, now): the farmer is told, the order's money waits; NothingPaid
             accept, disagree(session, actor, case, *, now); offer(.., amount, *, now); tell_side(.., words)
             offer_all(session, actor, campaign, percent, *, now) -> int            one offer to all who complain
             take_offer, appeal(session, actor, case, *, now); answer(.., action, *, now)
case_ruling.py  rule(session, actor, case, percent, bearer, *, now) -> bool      CaseDecided(by, at), YourOwn,
             AnotherRules; False: a second person must say the same
             take_back(session, actor, case, *, now) -> int                         a review's point, once
             enter_chargeback(session, actor, payment, amount, *, now); end_chargeback(.., case, *, won, now)
                 what went back for the order before is set aside out of the wallet; would_wait(..) shows it first
             case_states.py is the table of a case, case_flow.step its only writer, case_money.py what it moves
contested.py going_back(session, order, amount) -> Going(now, waits)     a refund less what a provider took back;
             give_back and case_money set the rest aside until the chargeback is won or lost
debts.py     owed_by(session, farm_id, currency); repay(session, farm_id, came, *, now)     when money becomes its own
cancel.py    cancel(session, actor, order, *, now) -> Money           what went back; TooLateToCancel(until, deposit)
             loss_plan(session, campaign) -> LossPlan(orders, buyers, total_back)
             crop_lost(session, actor, campaign, why: str, *, now) -> LossPlan
             call_off(session, actor, campaign, *, why: str, now) -> LossPlan      staff
             remove(session, actor, campaign, reason, *, now)      staff; AlreadyReserved: call it off first
             cancel_sale(session, actor, campaign, why, *, now) -> LossPlan  the farmer's; HasLeft(count)
late.py      late_plan(session, order, *, now) -> LatePlan(until, kept, waiting) | None        None: cancelling is free
             cancel_late(session, actor, order, *, now) -> Money          what is kept, unless the waiting list takes it
             share_taken (by intake), keep_deposits (at the harvest), return_deposits (no crop): where the deposit goes
waiting.py   join(session, actor, campaign, quantity, *, now) -> Place; leave(session, actor, place, *, now)
             take(session, actor, place, *, now) -> Order                     OfferEnded; a second time the same order
             offer_freed(session, campaign, *, now): after anything that gives quota back, the campaign being locked
             end_list(session, campaign, *, now); places_of(session, member_id); sweep(session, *, now)
changing.py  change_plan(session, order, campaign, quantity, *, now) -> ChangePlan(before, quantity, total, owed, back)
             change_quantity(session, actor, order, quantity, *, now) -> ChangePlan
                 more than there was stands as order.more, out of the quota, until its deposit is paid or its hold ends
handing.py   give(session, actor, order, *, now) -> str (a token); call_back(session, actor, order, *, now)
             look_at(session, actor, token, *, now) -> Handing; take_over(session, actor, token, *, now) -> Order
closing.py   closes(session, campaign_id, now): the due task campaign.closes; the catalogue plans it
             go_anyway, extend(session, actor, campaign, *, now)             below the least total; ExtendedBefore
             at_risk(session, campaign) -> bool
queries.py   my_orders(session, buyer_id, *, limit=10, before=None) -> list[OrderLine]
             farm_orders(session, farm_id, *, campaign_id=None, limit=20, before=None) -> list[OrderLine]
             order_card(session, order_id, viewer: Actor | None = None) -> OrderCard
             order_for(session, actor, order_id, action="order.see") -> Order     the row, or NotFound for a stranger
             campaign_progress(session, campaign) -> Progress
             todays_reservations(session, farm_id, day: date, zone: str) -> Today
             call_list(session, *, now, limit=20, skip=0) -> list[OrderLine]; call_count(session, *, now)
                                                                                  overdue beyond the grace
desk.py      desk(session, actor, *, now) -> Desk       what waits for staff; receipts, payouts, calls, day_numbers
due.py       registers order.hold_ends, order.more_ends, order.deposit_reminder, order.balance_reminder,
             order.balance_late, order.auto_confirm_soon, order.auto_confirm, order.review_invitation, order.forfeit,
             order.consent_ends, order.terms_end, order.terms_reminder, order.perishes, waiting.offer_ends,
             campaign.closes, campaign.decides
Of other hands, in their own words: moving (another harvest date, a step of the batch), leaving and carrying (handing
over, the courier's side), earnings (a farm's money), desk (what waits for staff), evening, watch.
payments     core.payments.service: methods(session), set_method(session, actor, provider, *, details: MethodDetails(
             name, account="", instructions="", enabled=True), now), allow(*names): the composition root's word which of
             messenger_invoice and sandbox may be offered; provider_named(name).label() and .starts_with

Events of an order carry: from, to, reason and (minor units in the order's currency, quantities as text, ISO times):
ORDER_HELD quantity deposit total hold_until; DEPOSIT_PAID paid rest; ORDER_EXPIRED; ORDER_CANCELLED reason back;
ORDER_ALLOCATED asked given back owed how crop ordered; BALANCE_DUE owed until; BALANCE_REMINDER owed until;
BALANCE_PAID paid; PART_PAID paid owed; CASH_AGREED owed; CASH_COLLECTED paid owed; ORDER_PACKED lot;
ORDER_COMPLETED paid share (the farm's).
ORDER_FORFEITED kept back free; CONSENT_ASKED weight share most until; DELIVERY_FAILED cause until;
TERMS_ASKED what price before until; TERMS_REMINDER until; ORDER_UNDELIVERED cause kept back free;
ORDER_CHANGED before quantity; ORDER_MORE_ENDED more back;
ORDER_HANDED_OVER giver taker; LATE_SHARE_TAKEN back taken; LATE_DEPOSIT_KEPT kept back; WAITING_OFFERED (subject: the
place) quantity until. Reasons of ORDER_CANCELLED: buyer, late, date_moved, target_missed, crop_lost, called_off,
sale_cancelled, short_crop, share_declined, weight_refused, terms_refused, terms_unheard. A decision about many orders
leaves ONE event on the campaign (HARVEST_ENTERED, CROP_LOST, TARGET_MISSED, CAMPAIGN_CLOSED; TERMS_ANSWERED what
accepted refused unheard) for the farmer, and one on each order for its buyer. REFUNDED (subject: the refund row) tells
money that went to the wallet: amount order_id why; MONEY_TO_CREDIT (subject: the payment row) real money that found no
debt; TRANSFER_SUBMITTED, TRANSFER_REJECTED have the payment as subject; REFUND_WAITS (the chargeback's case) amount
order_id; DEBT_REPAID (the case) amount; PAYOUT_ASKED,
PAYOUT_DONE, PAYOUT_TAKEN_BACK the refund row of kind payout, of a farm when it has a farm_id;
CASH_HANDED_IN (amount) the member who carried it.
"""
