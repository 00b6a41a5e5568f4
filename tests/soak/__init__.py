"""Whole seasons side by side while processes and the database are killed at random; `make soak` plays 200 of them."""
