"""Arranges what a buyer's story begins with: a farm that sells, and what the farmer and the co-op do meanwhile."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import drafts, form, publish, terms
from core.catalog.models import Campaign, CampaignPhoto
from core.members import farms
from core.members.models import Farm
from core.members.person import who
from core.members.queries import member
from core.members.service import actor_of, agree, hold_role
from core.messaging import media
from core.messaging.keeping import keep
from core.messaging.models import Media
from core.money import Money
from core.orders import fulfil, harvest, packing, transfers
from core.orders.allocation import Sharing
from core.orders.fulfil import CourierStatus, HandOver
from core.orders.models import Order
from core.orders.queries import order_card
from core.payments import service as payments
from core.payments.models import Payment
from core.payments.service import MethodDetails
from core.permissions import Actor, Role
from core.tracing import service as tracing
from tests.kit.phone import Phone
from tests.kit.shop import Shop


def member_id(shop: Shop, phone: Phone) -> int:
    with shop.database.reading() as session:
        person = who(session, shop.config.bot_id, phone.id)
        assert person is not None
        return person.member_id


def farm(shop: Shop, *, seller: str = "Gopal", store: str = "Gopal's farm", region: str = "Konkan") -> int:
    """An approved farm; the farmer's member id. He wrote to the bot once and is not looked at."""
    phone = shop.person(seller)
    phone.start()
    farmer_id = member_id(shop, phone)
    staff_id = operator_id(shop)
    with shop.database.writing() as session:
        now = shop.clock.now()
        farmer = member(session, farmer_id)
        agree(session, farmer, now=now)
        made = farms.be_farmer(session, farmer, place="Ratnagiri", region=region, main_crop="mango", now=now)
        farms.rename_store(session, actor_of(session, farmer_id), made, store)
        terms.ensure_categories(session)
        farms.decide_farm(session, actor_of(session, staff_id), made, verdict="approve", now=now)
    return farmer_id


def sale(
    shop: Shop, farmer_id: int | None = None, *, crop: str = "mango", title: str = "Alphonso", quantity: int = 200,
    price: int = 240, region: str = "Konkan", fee: int = 40, pickup: str = "Market hall, gate 2",
) -> int:  # fmt: skip
    """An open sale, of a farm of its own unless one is given; its id."""
    farmer_id = farm(shop) if farmer_id is None else farmer_id
    staff_id = operator_id(shop)
    with shop.database.writing() as session:
        now, actor = shop.clock.now(), actor_of(session, farmer_id)
        draft = drafts.start_draft(session, actor, crop, now=now)
        form.set_quantity(session, actor, draft, Decimal(quantity), now=now)
        form.set_price(session, actor, draft, Money.of(price, "INR"), now=now)
        form.set_date(session, actor, draft, now.date() + timedelta(days=14), now=now)
        form.set_delivers(session, actor, draft, True, now=now)
        form.set_delivery_fee(session, actor, draft, Money.of(fee, "INR"), now=now)
        form.set_attribute(session, actor, draft, "Grade", "A & B <large>", now=now)
        for name, text in (("title", title), ("pickup_place", pickup), ("region", region)):
            form.set_text(session, actor, draft, name, text, now=now)
        publish.publish(session, actor, draft, now=now)
        publish.decide_listing(session, actor_of(session, staff_id), draft, verdict="approve", now=now)
        campaign_id = draft.id
    shop.settles()
    return campaign_id


def photographed(shop: Shop, campaign_id: int) -> None:
    """The sale gets a photo, as if the farmer had sent it before publishing."""
    drawn = io.BytesIO()
    Image.new("RGB", (640, 480), (240, 160, 40)).save(drawn, "JPEG")
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        picture = Media(kind="photo", owner_id=_seller(session, campaign).member_id, created_at=shop.clock.now())
        session.add(picture)
        media.note_kept(picture, keep("photo", drawn.getvalue(), shop.config.media_dir))
        session.flush()
        session.add(CampaignPhoto(campaign_id=campaign_id, media_id=picture.id))


def touched(shop: Shop, campaign_id: int) -> None:
    """The farmer pauses the sale and goes on: every button shown so far is of an earlier revision."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        publish.pause(session, _seller(session, campaign), campaign, now=shop.clock.now())
        publish.resume(session, _seller(session, campaign), campaign, now=shop.clock.now())


def paused(shop: Shop, campaign_id: int) -> None:
    """The farmer takes no reservations for now."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        publish.pause(session, _seller(session, campaign), campaign, now=shop.clock.now())


def resumed(shop: Shop, campaign_id: int) -> None:
    """The farmer takes reservations again."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        publish.resume(session, _seller(session, campaign), campaign, now=shop.clock.now())


def ways_to_pay(shop: Shop, *providers: str) -> None:
    """The owner switches these ways on; `sandbox` is the demo's play money."""
    payments.allow(*({"sandbox", "messenger_invoice"} & set(providers)))
    owner_id = operator_id(shop)
    with shop.database.writing() as session:
        for provider in ("messenger_invoice", "transfer", "cash", "wallet"):
            details = MethodDetails(
                provider, account="coop@upi" if provider == "transfer" else "", enabled=provider in providers,
                instructions="State Bank <b>& Sons</b>" if provider == "transfer" else "",
            )  # fmt: skip
            payments.set_method(session, actor_of(session, owner_id), provider, details=details, now=shop.clock.now())


def receipt_decided(shop: Shop, *, accept: bool, reason: str | None = None) -> None:
    """An operator looks at the account and says whether the newest transfer is there."""
    staff_id = operator_id(shop)
    with shop.database.writing() as session:
        payment = session.scalars(select(Payment).order_by(Payment.id.desc()).limit(1)).one()
        staff = actor_of(session, staff_id)
        transfers.decide_receipt(session, staff, payment, accept=accept, reason=reason, now=shop.clock.now())
    shop.settles()


def operator_id(shop: Shop) -> int:
    """The owner, who decides."""
    owner = member_id(shop, shop.owner())
    with shop.database.writing() as session:
        hold_role(session, member(session, owner), Role.OPERATOR, now=shop.clock.now())
    return owner


def _seller(session: Session, campaign: Campaign) -> Actor:
    farm = session.execute(select(Farm).where(Farm.id == campaign.farm_id)).scalar_one()
    return actor_of(session, farm.member_id)


def harvested(shop: Shop, campaign_id: int, quantity: int = 200) -> None:
    """The farmer enters the harvest; balances fall due."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        sharing = Sharing.FULL if quantity >= campaign.reserved else Sharing.FAIR
        seller = _seller(session, campaign)
        harvest.enter_harvest(session, seller, campaign, Decimal(quantity), sharing=sharing, now=shop.clock.now())
    shop.settles()


def stepped(shop: Shop, campaign_id: int, *steps: str) -> None:
    """The farmer reports the batch's steps."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        batch = tracing.batches_of(session, campaign_id)[-1]
        seller = _seller(session, campaign)
        for step in steps:
            tracing.take_step(session, batch, step, actor_id=seller.member_id, now=shop.clock.now())
    shop.settles()


def packed(shop: Shop, campaign_id: int) -> None:
    """The farmer packs all that is ready."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        packing.pack_all(session, _seller(session, campaign), campaign, now=shop.clock.now())
    shop.settles()


def carried(shop: Shop, campaign_id: int, *statuses: CourierStatus) -> None:
    """The farmer drives the packed orders out himself, and reports."""
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        seller = _seller(session, campaign)
        for order in session.scalars(select(Order).where(Order.campaign_id == campaign_id)):
            if order.state == "packed":
                how = HandOver(self_delivered=True)
                fulfil.hand_over(session, seller, order, how=how, now=shop.clock.now())
            for status in statuses:
                fulfil.report(session, seller, order, status, now=shop.clock.now())
    shop.settles()


def cash_taken(shop: Shop, campaign_id: int) -> None:
    """The farmer takes at the door what each order on the road still owes."""
    with shop.database.writing() as session:
        seller = _seller(session, session.get_one(Campaign, campaign_id))
        for order in session.scalars(select(Order).where(Order.campaign_id == campaign_id)):
            fulfil.collect_cash(session, seller, order, order_card(session, order.id).rest, now=shop.clock.now())
    shop.settles()
