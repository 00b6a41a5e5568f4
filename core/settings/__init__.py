"""What the owner may change: timers, bounds, currency, country, time zone.

`service` - every setting with its default and bounds:
    get_int(session, name) -> int; get_text(session, name) -> str; hours(session, name) -> timedelta
    change(session, actor, name, value, *, now)   NotAllowed, BadInput, OutOfBounds, ShopNotOpen; put(...) asks nobody
`shop` - currency, country and zone together, as they are chosen once; `numbers` - names and units for people
"""
