"""What is sold: crops, the seller's form, drafts, publishing, the market.

`drafts` - a farmer's own:
    start_draft(session, actor, crop_key, *, now) -> Campaign   NotAllowed, NotFound, BadInput, ShopNotOpen
    again(session, actor, campaign, *, now) -> Campaign         same quantity, price and lead time
    sell_rest(session, actor, campaign, *, now) -> Campaign     what is free of its harvest; NothingFree
    add_photo(session, actor, campaign, media, *, now) -> int   TooManyPhotos; remove_photos(session, actor, campaign,
    *, now); discard(session, actor, campaign); missing(campaign) -> names among quantity, price, date, delivery
    photo_count(session, campaign)
`form` - one setter for each field, set_x(session, actor, campaign, value, *, now); OutOfBounds(field, least, most,
    example) or BadInput(field, reason, example); NotFound for another's, Changed once published:
    set_quantity(Decimal) set_price(Money) set_date(date) set_deposit(int) set_unit(str) set_pack(Decimal)
    set_minimum(Decimal | None) set_logistics_weight(Decimal | None) set_delivers(bool) set_delivery_fee(Money)
    set_invoice(bool) set_attribute(name, value) set_term(kind, Term | None) kind: category, type, brand
    set_text(name, text) name: title subtitle keywords description shipping pickup_place guarantee other region
    TEXTS: name -> (most, example, label); seller_of(session, campaign) -> member id; zone_of(session, campaign)
`rest` - of a harvest, what is nobody's; sales of it (campaign.rest_of) never offer more:
    free_stock(session, campaign) -> Decimal; can_sell(session, campaign); room(session, campaign)
`publish` - before people:
    publish(session, actor, campaign, *, now) -> warnings ("photo",)   StillMissing(field, fields), AgreementMissing,
    ShopNotOpen; undo(session, actor, campaign, *, now)  UndoEnded(until), AlreadyReserved(quantity, unit)
    decide_listing(session, actor, campaign, *, verdict, reason=None, and_farm=False, now)   AlreadyDecided(by, at),
    FarmNotApproved, HarvestPassed(date), AskAnother; pause / resume(session, actor, campaign, *, now)
    recommend(session, actor, campaign, recommended, *, now); rank(session, actor, campaign, place, *, now)
    growing_photo(session, actor, campaign, media, *, now)
`terms` - product configuration, staff only:
    ensure_categories(session); terms(session, kind); term(session, id); add_term(session, actor, kind, name)
    rename_term(session, actor, term, name); order_terms(session, actor, kind, ids)   TermExists(name)
`season` - due work: plan(session, campaign, *, now) after a moved date; forget(session, campaign); closes_at(...)
    The task `campaign.closes` is planned here and done where orders are known.
`market` - what buyers browse:
    market(session, *, category=None, region=None, words="", page=0) -> MarketPage
    categories_on_sale(session) -> [(id, name, count)]; regions_on_sale(session, *, limit, page) -> [(region, count)]
`queries` - reads:
    campaign(session, id); listing(session, campaign_id) -> ListingCard
    farm_campaigns(session, farm_id, *, states=(), hidden=(), limit=20, before=None) -> CampaignLines
    farm_campaign_count(session, farm_id, *, hidden=()); first_to_harvest(session, farm_id, crop, states, today) -> id
    drafts_of(session, farm_id); last_campaign(session, farm_id); last_campaign_of_crop(session, farm_id, crop)
    similar(session, campaign, *, limit=3); to_review(session, *, limit=8); listings_waiting(session) -> Waiting
`asking` - questions about a sale; what holds a number stays a draft until its writer sends it without:
    ask(session, actor, campaign, text, *, voice=None, now), answer(session, actor, question, text, ...) -> Remark
    send_question, send_answer(session, actor, remark, *, now) -> Remark   Changed, NothingLeft, TooManySaid
    answers_of(session, campaign_id, *, limit, skip) -> list[Asked]; passed_on(session); next_passed(session, actor)
"""
