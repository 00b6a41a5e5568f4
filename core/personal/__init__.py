"""What is stored of one person: all of it handed out, or all of it forgotten but the sums.

`export` - ask_export(session, actor, member, *, now); archive(session, member_id, media_folder) -> bytes
`erase` - check_erasable(session, actor, member); erase(session, actor, member, *, now)
    OrdersOpen(numbers), SalesOpen, ParcelsOpen, MoneyWaits(sum), DecisionsWait, LastOwner
"""
