"""The road of a message inside the database: what came, what goes out, what falls due, where a conversation stands.

`inbox` - updates as they came: store(session, bot_id, updates, now); claim(session, now, limit) -> list[Claimed], the
    first of each chat alone; finishing, release, quarantine, give_back
`outbox` - letters, in order for each chat: put(session, letters, now); claim(...) -> list[Due];
    mark(session, marks, now); put_off, purge. `concluding` ends an update with its letters and its conversation
`due` - work with a moment: @task(name); plan(session, name, subject, due_at, *, occurrence=""); drop, claim, finish
`conversation` - the state a person is in; `screen` - text, buttons, a picture; `media`, `pictures`, `keeping` - files
`lease` - how long a claim holds; `trouble` - what was set aside; `vitals`, `tally` - how the road is, and how often
"""
