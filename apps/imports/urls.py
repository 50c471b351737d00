from django.urls import path

from apps.imports.views import batch, file, formats, mapper, start

app_name = "imports"
urlpatterns = [
    path("", start.start, name="start"),
    path("place/", start.place, name="place"),
    path("take-in/", start.take_in, name="take-in"),
    path("uploads/<int:batch_id>/", batch.batch, name="batch"),
    path("formats/", formats.formats, name="formats"),
    path("formats/take-in/", formats.take_in, name="formats-take-in"),
    path("formats/<int:format_id>/", formats.edit, name="format"),
    path("formats/<int:format_id>/try/", formats.try_out, name="format-try"),
    path("formats/<int:format_id>/export/", formats.export, name="format-export"),
    path("formats/<int:format_id>/delete/", formats.delete, name="format-delete"),
    path("<int:file_id>/", file.file, name="file"),
    path("<int:file_id>/account/", file.account, name="account"),
    path("<int:file_id>/columns/", mapper.columns, name="columns"),
    path("<int:file_id>/columns/preview/", mapper.preview, name="columns-preview"),
    path("<int:file_id>/choices/", file.choices, name="choices"),
    path("<int:file_id>/confirm/", file.confirm, name="confirm"),
    path("<int:file_id>/confirm-newest/", file.confirm_newest, name="confirm-newest"),
    path("<int:file_id>/cancel/", file.cancel, name="cancel"),
    path("<int:file_id>/run-again/", file.run_again, name="run-again"),
    path("<int:file_id>/roll-back/", file.roll_back, name="roll-back"),
]
