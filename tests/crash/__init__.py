"""Processes are killed, servers fail, updates repeat: what people receive still equals what was committed."""
