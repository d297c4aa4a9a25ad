"""Where the pages of this room stand."""

from flask import Blueprint

bp = Blueprint("actions", __name__)
