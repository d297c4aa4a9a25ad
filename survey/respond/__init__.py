"""A BUSINESS ANSWERS: from a link to a receipt."""

from flask import Blueprint

from survey.respond import after, doors, genuine, kiosk, views

bp = Blueprint("respond", __name__)
bp.register_blueprint(doors.bp)
bp.register_blueprint(genuine.bp)
bp.register_blueprint(after.bp)
bp.register_blueprint(kiosk.bp)
bp.register_blueprint(views.bp)

__all__ = ["bp"]
