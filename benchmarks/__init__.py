"""Measurements of the running line; they write nothing into the checkout."""
