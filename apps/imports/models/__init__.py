from apps.imports.models.files import ImportBatch, ImportFile
from apps.imports.models.formats import ImportFormat
from apps.imports.models.hints import AccountHint
from apps.imports.models.rows import ImportRow, LandedRow, Verdict

__all__ = ["AccountHint", "ImportBatch", "ImportFile", "ImportFormat", "ImportRow", "LandedRow", "Verdict"]
