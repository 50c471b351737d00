"""A household to look around in: three years of invented money, brought in by the same road as everybody's."""
