"""The table of contents of the house: which rooms there are and how they are joined."""

from __future__ import annotations

from flask import Flask
from flask_alembic import Alembic

from survey import accounts, config, fieldwork, health, respond, results, web
from survey.config import Settings
from survey.db import Base, connect_to

alembic = Alembic(metadatas=Base.metadata, run_mkdir=False, command_name="")


def create_app(settings: Settings | None = None) -> Flask:
    """The web application for one installation."""
    settings = settings or config.load()
    app = web.Application(__name__, static_folder=None)
    web.equip(app, settings)
    connect_to(app, settings.engine_url)
    app.config["ALEMBIC"] = {"script_location": "migrations"}
    alembic.init_app(app)

    accounts.install(app)
    app.register_blueprint(respond.bp)
    app.register_blueprint(fieldwork.bp)
    app.register_blueprint(results.bp)
    app.register_blueprint(health.bp)
    return app
