"""System checks of what isolation rests on."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from apps.tenancy.router import household_labels


@register()
def no_relation_crosses_the_planes(**_: Any) -> list[CheckMessage]:
    """A foreign key between the planes would tie a schema to `public`: it could not be moved or dropped alone."""
    ours = household_labels()
    return [
        Error(
            f"{model._meta.label}.{field.name} points across the line between people and money.",
            hint="Keep the id in a plain column.",
            obj=model,
            id="tenancy.E001",
        )
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.remote_field is not None
        and not field.auto_created
        and isinstance(field.related_model, type)
        and (model._meta.app_label in ours) != (field.related_model._meta.app_label in ours)
    ]
