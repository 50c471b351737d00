from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("migrated_app", "0002_rows_by_python")]
    operations = [
        migrations.AddField("thing", "note", models.TextField(db_default="5% o'clock", db_comment="it's %% of all")),
        migrations.AddIndex("thing", models.Index(models.F("note"), "size", name="migrated_app_thing_note")),
        migrations.RunSQL("UPDATE migrated_app_thing SET note = '7%' WHERE name LIKE 'seed%'"),
        migrations.RunSQL("INSERT INTO migrated_app_thing (name, made_at) VALUES ('by SQL', '2026-01-02 00:00Z')"),
        migrations.AddField("part", "whole", models.ForeignKey("migrated_app.Part", models.CASCADE, null=True)),
        migrations.AlterField("part", "weight", models.IntegerField(default=7)),
        migrations.AlterField(
            "part", "thing", models.ForeignKey("migrated_app.Thing", models.CASCADE, db_constraint=False)
        ),
    ]
