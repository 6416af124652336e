"""What holds for every test of this folder."""

from tests.unhurried import certificates, patient_records

__all__ = ["certificates", "patient_records"]
