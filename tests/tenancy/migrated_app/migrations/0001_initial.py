from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Thing",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.TextField(db_comment="100 %% of what it's called", unique=True)),
                ("size", models.DecimalField(max_digits=19, decimal_places=4, null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "shout",
                    models.GeneratedField(
                        expression=models.functions.Upper("name"),
                        output_field=models.TextField(),
                        db_persist=True,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("thing", models.ForeignKey("migrated_app.Thing", models.CASCADE)),
                ("weight", models.IntegerField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="thing",
            constraint=models.CheckConstraint(
                condition=~models.Q(name__contains="50%'s"), name="migrated_app_thing_name"
            ),
        ),
    ]
