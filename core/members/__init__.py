"""People and farms: who they are, which roles they hold, what they agreed to, and how to reach them.

`service` - verbs of a member about themselves, and of roles:
    who(session, bot_id, user_id) -> Person | None            one query, for each update; Person.actor, .speaks(),
        .is_out_of_date: call `arrive` too (who was unreachable writes again; an owner expected from the settings)
    arrive(session, *, bot_id, user_id, chat_id, first_name, username=None, language_tag=None, now) -> Arrival
    actor_of(session, member_id) -> Actor
    choose_language(session, member, language, *, now)         BadInput
    agree(session, member, *, now); has_agreed(session, member) -> bool
    share_phone(session, member, *, contact_user_id, user_id, phone)   NotYourNumber, BadInput
    rename(session, member, name)                              BadInput
    switch_home(session, member, home: Role)                   NotAllowed
    mute(session, member, letter, *, muted=True)               letters R, M
    grant_role(session, actor, member, role, *, now); revoke_role(...)  NotAllowed, LastOwner
    hold_role(session, member, role, *, now) -> bool           unasked, for other verbs
    mark_unreachable(session, identity, *, now)                the sender got a 403
`farms` - verbs of farms:
    be_farmer(session, member, *, place=None, region=None, latitude=None, longitude=None, main_crop=None, now) -> Farm
    be_enterprise(session, member, *, licence: Media, now)
    decide_farm(session, actor, farm, *, verdict, reason=None, now)     NotAllowed, AlreadyDecided(by, at), BadInput
    rename_store(session, actor, farm, name)
    farm_of(session, member) -> Farm | None
`following` - follow(session, member, farm, *, now)  NotAllowed, NotFound; unfollow(session, member, farm)
    is_following(session, member_id, farm_id); followers(session, farm_id) -> ids
    followed(session, member_id, *, page=0) -> [(farm id, store name)]; followed_count(session, member_id)
`menus` - renew_menu(session, member, *, now, other_than_app=False)   a role or the language changed
`decisions` - shared by every slice that lets staff decide:
    decide(session, actor, subject, verdict, *, reason=None, amount=None, what=None, now) -> Decision   first wins;
    action "<table>.decide"; check_open(session, actor, subject); last_decision(session, subject) -> Decision | None
    check_second(session, actor, subject, amount, what=None); note_first(session, actor, subject, amount, *, now)
    Verdict: approve, change, reject
`claims` - one-time links:
    make_claim(session, purpose, subject_id=None, expires_at=None, *, now) -> token; use_claim(session, token, member,
    *, now) -> Claim  LinkEnded; ensure_owners(session, bot_id, owner_user_ids, now) -> bool;
    owner_link(session, now) -> token; token_hash(token); new_token()
`groups` - chats that receive sales:
    add_group(session, actor, *, bot_id, chat_id, title, language_tag=None, can_post=True, now) -> GroupChat
    find_group(session, *, bot_id, chat_id); rights_lost(session, group, *, now); rights_given(session, group)
    group_for(session, actor, group_id, *, here) -> GroupChat   NotAllowed, NotFound
    group_removed(session, group); group_migrated(session, *, bot_id, old_chat_id, new_chat_id) -> GroupChat | None
    choose_group_language(session, actor, group, language); choose_group_crops(session, actor, group, crops)
    active_groups(session, crop, *, bot_id=None) -> list[GroupChat]; wants(group, crop) -> bool
`invites` - invite_operator(session, actor, *, now), invite_courier(...) -> token       NotAllowed
`human` - ask_human(session, member, *, now) -> bool; answer_member(session, actor, member, text, *, now)
    waiting(session, *, now) -> Waiting; next_waiting(session, actor, *, now); settle(session, actor, member, *, now)
`calls` - note_call(session, actor, member, outcome, *, now) -> Call; back_in_touch(...); last_calls(session, ids)
`cards` - member_card(session, actor, member_id), about(session, member_id) -> MemberCard; phones(session, ids)
`queries` - reads:
    member(session, id); farm(session, id); farm_of_member(session, member_id); couriers(session, *, limit,
        skip) -> [(id, name)]; is_courier(session, member_id)
    reach(session, member_id, *, bot_id=None) -> list[Reach]; reach_many(session, ids, *, bot_id=None)
    operators(session, *, bot_id=None) -> list[Reach]; staff(session, roles) -> ids
    farms_waiting(session) -> Waiting; farms_to_review(session, *, limit)
    unreachable(session, *, limit, skip) -> [(id, name, phone)]; unreachable_count(session)
    members(session, *, role=None, words="", page=0) -> MemberPage
"""
