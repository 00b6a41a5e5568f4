"""Batches (lots) and the steps they take from harvest to the buyer.

`service`:
    open_batch(session, *, campaign_id, quantity, unit, actor_id, now, on=None) -> Batch   lot 26E15-0007, harvested
    take_step(session, batch, step, *, actor_id, now, place="") -> bool   once each; tells BATCH_STEP
    steps_of(session, batch) -> StepTaken(step, at, place, actor_id)s; batches_of(session, campaign_id)
    harvested_at(session, campaign_id) -> datetime | None
    batch_by_lot(session, lot) -> Batch | None
`steps`: Step (harvested picked processed sorted stocked packed shipped received), ORDER, TAPPED (what farmers tap)
"""
