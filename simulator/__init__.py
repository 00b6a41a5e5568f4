"""A local Bot API server and the people who talk to its bots; it imports nothing of the shop."""
