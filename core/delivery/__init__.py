"""Parcels: who carries them and where they were.

`service`:
    book(session, *, order_id, carrier="manual", courier_id=None, boxes=1, now) -> Parcel     NotFound, OutOfBounds
    courier_link(session, parcel, now) -> token (deep link c_<token>); parcel_by_token(session, token) -> Parcel
    take_parcel(session, token, member, *, now) -> Parcel   first who opens it carries it; CourierLinkEnded
    report(session, parcel, status, *, actor_id, now, temperature=None, media_id=None, note=None) -> Checkpoint
`statuses`: Status (booked picked_up on_the_road out_for_delivery at_pickup attempted delivered returned lost
    cancelled), RANK, ENDS, shown(before, reported); Band (<=4, 5-8, >8)
`carrier`: the plug-in's base Carrier(book, track, parse_webhook, cancel), every(), named(name); files in carriers/
`queries`:
    parcel(session, id); parcel_of_order(session, order_id); parcels_of(session, courier_id, *, ended=False,
        limit=20, skip=0); parcel_count(session, courier_id)
    checkpoints_of_order(session, order_id) -> Seen(status, at, temperature, media_id, note)s
"""
