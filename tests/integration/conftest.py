"""What holds for every test of this folder."""

from tests.unhurried import certificates, patience

__all__ = ["certificates", "patience"]
