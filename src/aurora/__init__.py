"""Aurora, the emergency line of an industrial site."""

__version__ = "0.1.0"
