from apps.imports.models.files import ImportFile
from apps.imports.models.rows import ImportRow, Verdict

__all__ = ["ImportFile", "ImportRow", "Verdict"]
