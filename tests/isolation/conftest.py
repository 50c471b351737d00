from tests.tenancy.workshop import workshop

__all__ = ["workshop"]
