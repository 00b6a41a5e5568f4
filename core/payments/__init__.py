"""Money: the ledger that the database keeps honest, what books what in it, and the ways to pay.

`ledger` - one transfer is one debit and one credit, once for each key; the SQL files refuse everything else:
    account(session, kind, currency, *, owner=None, now) -> Account; balance(session, account) -> Money
    move(session, debit, credit, amount, *, key, why, now, order_id=None, payment_id=None)   InsufficientFunds(left)
    statement(session, account, limit=20) -> list[Line]; ledger_check: every invariant, for `verify`
`books` - what happens to money in the words of a shop, each a few moves: money_received, wallet_paid,
    refund_to_wallet, release_to_farmer(session, deal, shares, *, now), forfeited, cash_collected, cash_handed_in,
    withdrawal_asked / sent / taken_back / failed; order_paid(session, order_id, currency) -> Money, wallet_holds
`service` - the ways to pay: methods(session), set_method(session, actor, provider, *, details, now), allow(*names)
`provider` - what a file in `providers/` says of itself; `currency` - what a shop may be opened with
Which of these happens to an order, and when, is for core.orders to say.
"""
