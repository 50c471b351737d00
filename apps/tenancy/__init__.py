"""The two planes: `default` knows people and no money, `households` sees the money of one household at a time.

This package is the one place that switches. Everybody else says `with household_context(household):`, or is inside a
request or a task, where it is done.
"""
