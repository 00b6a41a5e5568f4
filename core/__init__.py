"""The shop itself: plain synchronous Python over SQLAlchemy; it knows no messenger and no web server."""
