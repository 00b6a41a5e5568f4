"""Measures the road of a message against a bare aiogram echo, on the simulator in a process of its own."""
