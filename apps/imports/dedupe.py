"""Which rows of a file the ledger already has. Set-based: every pass is one statement over the whole file.

The rule (I6): the bank's own id decides where there is one; otherwise account, date, amount and normalised text, and
the count of equals: of three equal rows in a file, of which the ledger has two, one is new. What only resembles a
row of the ledger is asked about, never dropped and never doubled silently.
"""

from typing import Any

from django.db import connections

from apps.imports.models import ImportFile
from apps.tenancy.context import joining_many_rows
from apps.tenancy.planes import LEDGER

# An import row that no pass has matched yet, and a row of the ledger that no import row has claimed yet.
_OPEN = "r.file_id = %(file)s AND r.date IS NOT NULL AND r.resembles_id IS NULL AND r.verdict = 'new'"
_UNCLAIMED = """
    t.account_id = %(account)s AND t.date BETWEEN %(first)s AND %(last)s
    AND NOT EXISTS (SELECT FROM claimed c WHERE c.id = t.id)
"""
_CLAIMED = """
    claimed AS MATERIALIZED (
        SELECT resembles_id AS id FROM imports_importrow
         WHERE file_id = %(file)s AND resembles_id IS NOT NULL AND verdict = 'existing'
    )
"""

_FORGET = """
    UPDATE imports_importrow SET verdict = 'new', reason = '', resembles_id = NULL
     WHERE file_id = %(file)s AND date IS NOT NULL AND (verdict <> 'new' OR reason <> '')
"""

# Given to the passes as constants: joined in, they would keep the planner from the index on account and date.
_SPAN = """
    SELECT min(date), max(date), coalesce(bool_or(bank_id <> ''), false) FROM imports_importrow
     WHERE file_id = %(file)s AND date IS NOT NULL
"""

# The same bank id on wholly equal records of one file: the bank wrote the same transaction twice.
_REPEATED_IN_FILE = """
    UPDATE imports_importrow r
       SET verdict = 'existing',
           reason = format('The file has this row with the same bank id on line %%s already.', d.first_line)
      FROM (SELECT position,
                   row_number() OVER same AS nth, first_value(line) OVER same AS first_line
              FROM imports_importrow
             WHERE file_id = %(file)s AND date IS NOT NULL AND bank_id <> ''
            WINDOW same AS (PARTITION BY bank_id, date, amount, description_key ORDER BY position)) d
     WHERE r.file_id = %(file)s AND r.position = d.position AND d.nth > 1
"""

_SAME_BANK_ID = (
    f"""
    WITH {_CLAIMED}, pair AS (
        SELECT DISTINCT ON (r.position) r.position, t.id, t.date = r.date AND t.amount = r.amount AS is_equal
          FROM imports_importrow r
          JOIN ledger_transaction t ON t.account_id = %(account)s AND t.bank_id = r.bank_id AND t.bank_id <> ''
         WHERE {_OPEN} AND r.bank_id <> ''
         ORDER BY r.position, (t.date = r.date AND t.amount = r.amount) DESC, t.id
    )"""  # noqa: S608
    """
    UPDATE imports_importrow r
       SET resembles_id = pair.id,
           verdict = CASE WHEN is_equal THEN 'existing' ELSE 'similar' END,
           reason = CASE WHEN is_equal THEN 'The bank''s own id is in the ledger already.'
                         ELSE 'The ledger has this bank id with another date or amount.' END
      FROM pair
     WHERE r.file_id = %(file)s AND r.position = pair.position
"""
)

# Equal date, amount and text: the nth of the file's equals is the nth of the ledger's. Two different bank ids are two
# transactions, so a row with an id is held against rows without one only.
_SAME_TEXT = f"""
    WITH {_CLAIMED}, file_row AS (
        SELECT r.position, r.date, r.amount, r.description_key,
               row_number() OVER (PARTITION BY r.date, r.amount, r.description_key ORDER BY r.position) AS nth
          FROM imports_importrow r
         WHERE {_OPEN} AND (r.bank_id <> '') = %(with_bank_id)s
    ), ledger_row AS (
        SELECT t.id, t.date, t.amount, t.description_key,
               row_number() OVER (PARTITION BY t.date, t.amount, t.description_key ORDER BY t.id) AS nth
          FROM ledger_transaction t
         WHERE {_UNCLAIMED}
           AND (NOT %(with_bank_id)s OR t.bank_id = '')
    )
    UPDATE imports_importrow r
       SET verdict = 'existing', resembles_id = l.id,
           reason = 'The same date, amount and text are in the ledger already.'
      FROM file_row f JOIN ledger_row l USING (date, amount, description_key, nth)
     WHERE r.file_id = %(file)s AND r.position = f.position
"""  # noqa: S608

# The same amount within three days, where the bank's own list of those days lacks the ledger's row: a pending entry
# that was posted later, another of the bank's formats, a row entered by hand. One row of the ledger asks one question.
_RESEMBLING = f"""
    WITH {_CLAIMED}, leftover AS MATERIALIZED (
        SELECT t.id, t.date, t.amount, t.search_text, t.bank_id
          FROM ledger_transaction t
         WHERE {_UNCLAIMED}
           AND NOT EXISTS (SELECT FROM imports_importrow s WHERE s.file_id = %(file)s AND s.resembles_id = t.id)
    ), pair AS (
        SELECT DISTINCT ON (l.id) l.id, r.position, l.date AS ledger_date, abs(l.date - r.date) AS days
          FROM leftover l
          JOIN imports_importrow r ON r.amount = l.amount AND r.date BETWEEN l.date - 3 AND l.date + 3
         WHERE {_OPEN} AND (r.bank_id = '' OR l.bank_id = '')
           AND (r.date = l.date OR similarity(lower(r.description), l.search_text) > 0.3)
         ORDER BY l.id, days, r.position
    ), once AS (
        SELECT DISTINCT ON (position) * FROM pair ORDER BY position, days, id
    )
    UPDATE imports_importrow r
       SET verdict = 'similar', resembles_id = once.id,
           reason = CASE WHEN days = 0 THEN 'The ledger has this amount on the same day with another text.'
                         ELSE format('The ledger has this amount on %%s with a like text.',
                                     to_char(ledger_date, 'FMDD FMMonth YYYY')) END
      FROM once
     WHERE r.file_id = %(file)s AND r.position = once.position
"""  # noqa: S608

_COUNTS = """
    UPDATE imports_importfile f
       SET row_count = c.all_rows, new_count = c.new, existing_count = c.existing, similar_count = c.similar,
           unreadable_count = c.unreadable, left_out_count = c.left_out, first_date = c.first, last_date = c.last
      FROM (SELECT count(*) FILTER (WHERE verdict <> 'left_out') AS all_rows,
                   count(*) FILTER (WHERE verdict = 'new') AS new,
                   count(*) FILTER (WHERE verdict = 'existing') AS existing,
                   count(*) FILTER (WHERE verdict = 'similar') AS similar,
                   count(*) FILTER (WHERE verdict = 'unreadable') AS unreadable,
                   count(*) FILTER (WHERE verdict = 'left_out') AS left_out,
                   min(date) AS first, max(date) AS last
              FROM imports_importrow WHERE file_id = %(file)s) c
     WHERE f.id = %(file)s
"""


def give_verdicts(file: ImportFile, *, row_count: int) -> None:
    """Compares every read row of the file with the ledger's account, as it is now, and counts the verdicts.

    Decisions of the person are kept. Run it again before booking: another file may have been booked since.
    """
    parameters: dict[str, Any] = {"file": file.pk, "account": file.account_id}
    with connections[LEDGER].cursor() as cursor, joining_many_rows(row_count):
        cursor.execute(_FORGET, parameters)
        cursor.execute(_SPAN, parameters)
        first, last, has_bank_ids = cursor.fetchone()
        parameters |= {"first": first, "last": last}
        if has_bank_ids:
            cursor.execute(_REPEATED_IN_FILE, parameters)
            cursor.execute(_SAME_BANK_ID, parameters)
            cursor.execute(_SAME_TEXT, {**parameters, "with_bank_id": True})
        cursor.execute(_SAME_TEXT, {**parameters, "with_bank_id": False})
        cursor.execute(_RESEMBLING, parameters)
        cursor.execute(_COUNTS, parameters)
    file.refresh_from_db()
