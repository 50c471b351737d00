"""The passes of `dedupe`, in the order in which they are run.

A pass gives a verdict to rows that no pass before it has matched, and claims the row of the ledger that it found, so
that each row of the ledger answers for one row of the file. What was parted for the plan is compared as the whole that
the bank wrote: `family` are the parts. The span is given as constants: joined in, it would keep the planner from the
index on account and date.
"""

# An import row that no pass has matched yet, and a row of the ledger that no import row has claimed yet.
_OPEN = "r.file_id = %(file)s AND r.date IS NOT NULL AND r.resembles_id IS NULL AND r.verdict = 'new'"
_UNCLAIMED = """
    t.account_id = %(account)s AND t.date BETWEEN %(first)s AND %(last)s
    AND t.changeset_id <> ALL(%(own)s) AND NOT EXISTS (SELECT FROM claimed c WHERE c.id = t.id)
"""
_CLAIMED = """
    claimed AS MATERIALIZED (
        SELECT resembles_id AS id FROM imports_importrow
         WHERE file_id = ANY(%(family)s) AND resembles_id IS NOT NULL AND verdict = 'existing'
    )
"""

FORGET = """
    UPDATE imports_importrow SET verdict = 'new', reason = '', resembles_id = NULL
     WHERE file_id = %(file)s AND date IS NOT NULL AND (verdict <> 'new' OR reason <> '')
"""

# First and last day; whether there are rows of the account in the ledger, bank ids, running balances, earlier files of
# the upload for the account, changed rows, and other accounts with rows: what is not there needs no pass.
SPAN = """
    SELECT min(date), max(date), EXISTS (SELECT FROM ledger_transaction WHERE account_id = %(account)s),
           coalesce(bool_or(bank_id <> ''), false),
           coalesce(bool_or(running_balance IS NOT NULL), false),
           EXISTS (SELECT FROM imports_importfile f
                    WHERE f.batch_id = %(batch)s AND f.account_id = %(account)s AND f.id < %(file)s
                      AND f.storage_key <> %(storage_key)s AND f.state = ANY(%(siblings)s)),
           EXISTS (SELECT FROM ledger_change WHERE "table" = 'ledger.transaction' AND before ? 'account_id'),
           EXISTS (SELECT FROM ledger_transaction WHERE account_id <> %(account)s)
      FROM imports_importrow WHERE file_id = ANY(%(family)s) AND date IS NOT NULL
"""

# The same bank id on wholly equal records of one file: the bank wrote the same transaction twice.
REPEATED_IN_FILE = """
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


def _same(*, key: str, of_file: str, of_ledger: str, reason: str, verdict: str = "existing") -> str:
    """The nth of the file's equals is the nth of the ledger's. `key` lists columns that both tables have."""
    return f"""
    WITH {_CLAIMED}, file_row AS (
        SELECT r.position, {key}, row_number() OVER (PARTITION BY {key} ORDER BY r.position) AS nth
          FROM imports_importrow r
         WHERE {_OPEN} AND {of_file}
    ), ledger_row AS (
        SELECT t.id, {key}, row_number() OVER (PARTITION BY {key} ORDER BY t.id) AS nth
          FROM ledger_transaction t
         WHERE {_UNCLAIMED} AND {of_ledger}
    )
    UPDATE imports_importrow r
       SET verdict = '{verdict}', resembles_id = l.id, reason = '{reason}'
      FROM file_row f JOIN ledger_row l USING ({key}, nth)
     WHERE r.file_id = %(file)s AND r.position = f.position
"""  # noqa: S608


# An id that the ledger has, with a row that is another or has been answered for already.
OTHER_ROW_OF_ID = f"""
    WITH pair AS (
        SELECT DISTINCT ON (r.position) r.position, t.id
          FROM imports_importrow r
          JOIN ledger_transaction t ON t.account_id = %(account)s AND t.bank_id = r.bank_id AND t.bank_id <> ''
         WHERE {_OPEN} AND r.bank_id <> '' AND t.changeset_id <> ALL(%(own)s)
         ORDER BY r.position, t.id
    )
    UPDATE imports_importrow r
       SET resembles_id = pair.id, verdict = 'similar', reason = 'The ledger has this bank id with another row.'
      FROM pair
     WHERE r.file_id = %(file)s AND r.position = pair.position
"""  # noqa: S608

_TEXT = "date, amount, description_key"
_TOLD = "The same date, amount and text are in the ledger already."
# A file may begin or end in the middle of a day, and then its equals of that day are not all that there are: there
# two different running balances are two rows. Within the file both list the whole day, and may list it in any order.
_AT_AN_EDGE = "(r.running_balance IS NOT NULL AND r.date IN (%(first)s, %(last)s))"

SAME_BALANCE = _same(
    key=f"{_TEXT}, running_balance",
    of_file="r.running_balance IS NOT NULL",
    of_ledger="t.running_balance IS NOT NULL",
    reason="The same date, amount, text and running balance are in the ledger already.",
)
_ID_TOLD = "The bank''s own id is in the ledger already."
SAME_ID_AND_TEXT = _same(
    key=f"bank_id, {_TEXT}", of_file="r.bank_id <> ''", of_ledger="t.bank_id <> ''", reason=_ID_TOLD
)
SAME_ID = _same(key="bank_id, date, amount", of_file="r.bank_id <> ''", of_ledger="t.bank_id <> ''", reason=_ID_TOLD)
# Two different bank ids are two transactions, so a row with an id is held against rows without one only.
SAME_TEXT_OF_IDS = _same(key=_TEXT, of_file="r.bank_id <> ''", of_ledger="t.bank_id = ''", reason=_TOLD)
SAME_TEXT = _same(key=_TEXT, of_file=f"r.bank_id = '' AND NOT {_AT_AN_EDGE}", of_ledger="true", reason=_TOLD)
SAME_TEXT_AT_EDGES = _same(
    key=_TEXT, of_file=f"r.bank_id = '' AND {_AT_AN_EDGE}", of_ledger="t.running_balance IS NULL", reason=_TOLD
)
OTHER_BALANCE = _same(
    key=_TEXT,
    of_file=f"r.bank_id = '' AND {_AT_AN_EDGE}",
    of_ledger="t.bank_id = ''",
    reason="The ledger has this date, amount and text with another running balance.",
    verdict="similar",
)

# What a row of the ledger was once and is not now, each once: it was changed since, or deleted by a deed. Whether the
# deed was undone is not asked but the row itself, for an undoing may have left some rows as the deed made them.
# A row that went with its import is forgotten.
_GONE = """
    gone AS MATERIALIZED (
        SELECT DISTINCT ON (c.row_id, c.before ->> 'date', c.before ->> 'amount', c.before ->> 'description_key')
               (c.before ->> 'date')::date AS date, (c.before ->> 'amount')::numeric AS amount,
               (c.before ->> 'description_key')::uuid AS description_key, c.before ->> 'bank_id' AS bank_id,
               format('This row was %%s on %%s.', CASE WHEN t.id IS NULL THEN 'deleted' ELSE 'changed' END,
                      to_char(s.created_at, 'FMDD FMMonth YYYY')) AS told,
               c.id
          FROM ledger_change c
          JOIN ledger_changeset s ON s.id = c.changeset_id
          LEFT JOIN ledger_transaction t ON t.id = c.row_id
         WHERE c."table" = 'ledger.transaction' AND c.before ? 'account_id' AND s.kind <> 'undo'
           AND (c.before ->> 'account_id')::bigint = %(account)s
           AND CASE WHEN t.id IS NULL
                    THEN (SELECT d.after IS NULL FROM ledger_change d
                           WHERE d."table" = 'ledger.transaction' AND d.row_id = c.row_id ORDER BY d.id DESC LIMIT 1)
                    ELSE t.account_id <> %(account)s OR t.date <> (c.before ->> 'date')::date
                         OR t.amount <> (c.before ->> 'amount')::numeric
                         OR t.description_key <> (c.before ->> 'description_key')::uuid END
         ORDER BY c.row_id, c.before ->> 'date', c.before ->> 'amount', c.before ->> 'description_key', c.id DESC
    )
"""
GONE_BY_ID = f"""
    WITH {_GONE}
    UPDATE imports_importrow r SET verdict = 'similar', reason = gone.told
      FROM gone
     WHERE {_OPEN} AND r.bank_id <> '' AND r.bank_id = gone.bank_id
"""  # noqa: S608
GONE_BY_TEXT = f"""
    WITH {_GONE}, numbered AS (
        SELECT gone.*, row_number() OVER (PARTITION BY {_TEXT} ORDER BY gone.id) AS nth FROM gone
    ), file_row AS (
        SELECT r.position, r.bank_id AS own_id, {_TEXT},
               row_number() OVER (PARTITION BY {_TEXT} ORDER BY r.position) AS nth
          FROM imports_importrow r
         WHERE {_OPEN}
    )
    UPDATE imports_importrow r SET verdict = 'similar', reason = n.told
      FROM file_row f JOIN numbered n USING ({_TEXT}, nth)
     WHERE r.file_id = %(file)s AND r.position = f.position AND (f.own_id = '' OR n.bank_id = '')
"""  # noqa: S608

# What an earlier file of the upload brings, or would bring had the person not left it out.
_SIBLING = """
    sibling AS (
        SELECT s.position, s.file_id, s.date, s.amount, s.description_key, s.bank_id, f.name,
               coalesce(s.running_balance, 0) AS balance
          FROM imports_importrow s JOIN imports_importfile f ON f.id = s.file_id
         WHERE f.batch_id = %(batch)s AND f.account_id = %(account)s AND f.id < %(file)s
           AND f.storage_key <> %(storage_key)s AND f.state = ANY(%(siblings)s)
           AND (f.state <> 'booked' OR NOT s.comes_in)
           AND (s.verdict = 'new' OR s.comes_in)
    )
"""
_IN_BATCH = "reason = format('%%s of this upload has this row, too.', name)"
SAME_ID_IN_BATCH = f"""
    WITH {_SIBLING}, pair AS (
        SELECT DISTINCT ON (r.position) r.position, s.name
          FROM imports_importrow r JOIN sibling s USING (bank_id, date, amount)
         WHERE {_OPEN} AND r.bank_id <> ''
         ORDER BY r.position, s.file_id
    )
    UPDATE imports_importrow r SET verdict = 'existing', {_IN_BATCH}
      FROM pair
     WHERE r.file_id = %(file)s AND r.position = pair.position
"""  # noqa: S608
SAME_TEXT_IN_BATCH = f"""
    WITH {_SIBLING}, file_row AS (
        SELECT r.position, {_TEXT}, coalesce(r.running_balance, 0) AS balance, r.bank_id <> '' AS has_id,
               row_number() OVER (PARTITION BY {_TEXT}, r.running_balance ORDER BY r.position) AS nth
          FROM imports_importrow r
         WHERE {_OPEN}
    ), sibling_row AS (
        SELECT {_TEXT}, balance, s.name, s.bank_id <> '' AS has_id,
               row_number() OVER (PARTITION BY {_TEXT}, balance ORDER BY s.file_id, s.position) AS nth
          FROM sibling s
         WHERE s.bank_id = '' OR NOT EXISTS (
                   SELECT FROM imports_importrow x WHERE x.file_id = %(file)s AND x.bank_id = s.bank_id)
    )
    UPDATE imports_importrow r SET verdict = 'existing', {_IN_BATCH}
      FROM file_row f JOIN sibling_row s USING ({_TEXT}, balance, nth)
     WHERE r.file_id = %(file)s AND r.position = f.position AND NOT (f.has_id AND s.has_id)
"""  # noqa: S608

# The same amount within three days, where the bank's own list of those days lacks the ledger's row: a pending entry
# that was posted later, another of the bank's formats, a row entered by hand. One row of the ledger asks one question.
# A merchant that has another name now makes no difference to it: the bank's text alone is enough.
# Of two rows that both have a running balance neither was pending: on two days they are two.
RESEMBLING = f"""
    WITH {_CLAIMED}, leftover AS MATERIALIZED (
        SELECT t.id, t.date, t.amount, t.description, t.search_text, t.bank_id, t.running_balance
          FROM ledger_transaction t
         WHERE {_UNCLAIMED}
           AND NOT EXISTS (SELECT FROM imports_importrow s
                            WHERE s.file_id = ANY(%(family)s) AND s.resembles_id = t.id)
    ), pair AS (
        SELECT DISTINCT ON (l.id) l.id, r.position, l.date AS ledger_date, abs(l.date - r.date) AS days
          FROM leftover l
          JOIN imports_importrow r ON r.amount = l.amount AND r.date BETWEEN l.date - 3 AND l.date + 3
         WHERE {_OPEN} AND (r.bank_id = '' OR l.bank_id = '')
           AND (r.date = l.date
                OR greatest(similarity(r.description, l.description), similarity(r.description, l.search_text)) > 0.3
                AND (r.running_balance IS NULL OR l.running_balance IS NULL))
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

# An answer to another question than the one that is asked now is none.
DROP_OLD_DECISIONS = """
    UPDATE imports_importrow SET decision = NULL, decided_on = ''
     WHERE file_id = %(file)s AND decision IS NOT NULL AND decided_on <> verdict
"""

# A file that went into the wrong account shows itself by this; two accounts may also be charged the same fee. The name
# is kept and read by whoever sees the file, so no private account is named.
ELSEWHERE = f"""
    UPDATE imports_importrow r SET reason = format('%%s has this date, amount and text, too.', a.name)
      FROM ledger_transaction t JOIN ledger_account a ON a.id = t.account_id
     WHERE {_OPEN} AND t.account_id <> %(account)s AND a.visibility <> 'private'
       AND t.date BETWEEN %(first)s AND %(last)s AND t.date = r.date AND t.amount = r.amount
       AND t.description_key = r.description_key
"""  # noqa: S608

COUNTS = """
    UPDATE imports_importfile f
       SET row_count = c.all_rows, new_count = c.new, existing_count = c.existing, similar_count = c.similar,
           unreadable_count = c.unreadable, left_out_count = c.left_out, elsewhere_count = c.elsewhere,
           first_date = c.first, last_date = c.last
      FROM (SELECT count(*) FILTER (WHERE verdict <> 'left_out') AS all_rows,
                   count(*) FILTER (WHERE verdict = 'new') AS new,
                   count(*) FILTER (WHERE verdict = 'existing') AS existing,
                   count(*) FILTER (WHERE verdict = 'similar') AS similar,
                   count(*) FILTER (WHERE verdict = 'unreadable') AS unreadable,
                   count(*) FILTER (WHERE verdict = 'left_out') AS left_out,
                   count(*) FILTER (WHERE verdict = 'new' AND reason <> '') AS elsewhere,
                   min(date) AS first, max(date) AS last
              FROM imports_importrow WHERE file_id = %(file)s) c
     WHERE f.id = %(file)s
"""
