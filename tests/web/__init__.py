"""The web role: webhook, health, figures."""
