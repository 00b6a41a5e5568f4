"""What buyers say, and the points it generates.

`service`: only the order's buyer, once, after delivery; completed step by step for 48 h
    review(session, actor, ReviewedOrder(order_id, buyer_id, farm_id, seller_member_id, delivered), *, score, now)
        -> Review    NotFound, OwnGoods, ReviewTooEarly, AlreadyReviewed(review_id)
    add_indicators(session, actor, review, *, quality=None, service=None, speed=None, now)     ReviewComplete(until)
    add_text(session, actor, review, text, *, now)             BadInput
    add_photo(session, actor, review, media, *, now) -> int    OutOfBounds, NotAllowed (another's picture)
    reply(session, actor, review, text, *, now)                NotFound, AlreadyReplied, BadInput
`score`: Score (GOOD 1, MEDIUM 0, BAD -1), PointTable, Standing(points, reviews, good, quality, service, speed)
`queries`:
    review(session, id); review_of_order(session, order_id) -> Review | None; points_of(session, farm_id) -> int
    standing(session, farm_id) -> Standing; reviews_of_farm(session, farm_id, *, page=0) -> ReviewPage
    reviews_of_campaign(session, campaign_id, *, page=0) -> ReviewPage
"""
