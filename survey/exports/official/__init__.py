"""Documents in the layout that NĐ 30/2020/NĐ-CP asks of an office, as DOCX and PDF."""

from survey.exports.official.docx import docx
from survey.exports.official.page import pdf

__all__ = ["docx", "pdf"]
