"""Where the pages of the scorecard stand."""

from flask import Blueprint

bp = Blueprint("scorecard", __name__, url_prefix="/cham-diem")
