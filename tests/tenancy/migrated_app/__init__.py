"""A household app of the tests, with a history: a table, rows by Python, a column with an index and rows by SQL."""
