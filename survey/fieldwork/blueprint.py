"""Where the pages of fieldwork stand."""

from flask import Blueprint

bp = Blueprint("fieldwork", __name__)
