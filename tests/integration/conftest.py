"""What holds for every test of this folder."""

from tests.patient_records import patient_records

__all__ = ["patient_records"]
