"""The chain, as PostgreSQL keeps it: who writes a link, when, and what its hash covers."""

HASH = """
    sha256({previous} || convert_to(jsonb_build_array(
        {position}, e.id, extract(epoch FROM e.at), e.action, e.household_id, e.actor_id, e.actor, e.person_id,
        host(e.address), e.details)::text, 'UTF8'))
"""
"""The hash of the event `e`. A jsonb array has one way to be written, whatever order or spaces were sent."""

# The trigger is deferred: it runs as the transaction commits, after the statements of the deed. So the lock is held for
# the commit alone and not from the event on, and whoever holds it asks for no row any more, but for those that foreign
# keys written after the event point to: a deed writes its event last. The lock makes the order of the links the order
# of the commits. Each statement of the function sees what was committed before it began, so the head that is read
# behind the lock is the newest.
# The function works with its owner's rights: the application's login may add an event, and never a link.
FUNCTION = f"""
    CREATE FUNCTION audit_add_link() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        head public.audit_auditlink;
    BEGIN
        PERFORM pg_advisory_xact_lock('public.audit_auditlink'::regclass::oid::bigint);
        SELECT * INTO head FROM public.audit_auditlink ORDER BY position DESC LIMIT 1;
        INSERT INTO public.audit_auditlink (position, event_id, hash)
        SELECT coalesce(head.position, 0) + 1, e.id,
               {HASH.format(previous="coalesce(head.hash, '')", position="coalesce(head.position, 0) + 1")}
          FROM public.audit_auditevent e WHERE e.id = NEW.id;
        RETURN NULL;
    END $$
"""  # noqa: S608
TRIGGER = """
    CREATE CONSTRAINT TRIGGER audit_add_link AFTER INSERT ON audit_auditevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_add_link()
"""

FIRST_BREAK = f"""
    WITH chain AS (
        SELECT l.position, l.event_id, l.hash, lag(l.position, 1, 0::bigint) OVER w AS position_before,
               lag(l.hash, 1, '') OVER w AS previous
          FROM audit_auditlink l WINDOW w AS (ORDER BY l.position)
    )
    SELECT c.position, c.position_before, c.event_id, e.id IS NULL
      FROM chain c LEFT JOIN audit_auditevent e ON e.id = c.event_id
     WHERE c.position <> c.position_before + 1 OR e.id IS NULL
        OR c.hash IS DISTINCT FROM {HASH.format(previous="c.previous", position="c.position")}
     ORDER BY c.position LIMIT 1
"""  # noqa: S608
"""One walk over the chain in its order. It calls no function of ours, which somebody could have replaced."""

UNCHAINED = """
    SELECT e.id FROM audit_auditevent e
     WHERE NOT EXISTS (SELECT FROM audit_auditlink l WHERE l.event_id = e.id) ORDER BY e.id LIMIT 1
"""
