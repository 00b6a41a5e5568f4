"""Ticks: APScheduler only says when to look; what is due are rows that core claims."""
