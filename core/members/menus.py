"""The command menu of one person's chat: queued anew when a role or the language changes what belongs in it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import negotiate
from core.members.models import Identity, Member
from core.messaging import outbox
from core.messaging.outbox import Letter
from core.settings.service import get_text


def renew_menu(session: Session, member: Member, *, now: datetime, other_than_app: bool = False) -> None:
    """Queue the menu for each account that can be reached; its commands and language are those when it goes.

    `other_than_app`: only where the app's language, whose menu is shown anyway, is another than the member's.
    """
    mine = select(Identity).where(Identity.member_id == member.id, Identity.unreachable_at.is_(None))
    found = list(session.scalars(mine))
    if other_than_app and found:
        default = get_text(session, "default_language")
        found = [one for one in found if (negotiate(one.language_tag) or default) != member.language]
    outbox.put(session, [_letter(one, now) for one in found], now)


def _letter(identity: Identity, now: datetime) -> Letter:
    key = f"c:{identity.id}:{secrets.token_hex(8)}"  # the same change twice is two changes: the last must be shown
    return Letter(key, identity.bot_id, identity.chat_id, "commands", {"member": identity.member_id}, now)
