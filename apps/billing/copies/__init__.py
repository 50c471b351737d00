"""dj-stripe: its tables, how it starts, and what is put into them. Nothing else knows of it."""
