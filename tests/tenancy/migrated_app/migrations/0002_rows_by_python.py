import datetime

from django.db import migrations


def add_rows(apps, editor):
    things = apps.get_model("migrated_app", "Thing").objects.using(editor.connection.alias)
    if things.filter(name="poison").exists():
        raise ValueError("There is poison in the ledger.")
    seed = things.create(name="seed, 100%", size="1.2500")
    # Its foreign key is checked at the end of the transaction, and the next migration alters the table.
    apps.get_model("migrated_app", "Part").objects.using(editor.connection.alias).create(thing=seed)
    things.create(name="O'Brien \\ Söhne", size=None)
    things.update(made_at=datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC))


class Migration(migrations.Migration):
    dependencies = [("migrated_app", "0001_initial")]
    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]
