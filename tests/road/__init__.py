"""The road of a message, stretch by stretch: inbox, outbox, limits, rendering, waking, starting."""
