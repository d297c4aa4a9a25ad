"""The table of contents of the house: which rooms there are and how they are joined."""

from __future__ import annotations

from flask import Flask

from survey import (
    accounts,
    actions,
    comments,
    config,
    drafting,
    evidence,
    fieldwork,
    health,
    jobs,
    respond,
    results,
    scorecard,
    web,
)
from survey.application import Application
from survey.config import Settings
from survey.db import connect_to


def create_app(settings: Settings | None = None) -> Flask:
    """The web application for one installation."""
    settings = settings or config.load()
    app = Application(__name__, static_folder=None)
    web.equip(app, settings)
    connect_to(app, settings.engine_url)

    accounts.install(app)
    app.register_blueprint(jobs.bp)
    app.register_blueprint(respond.bp)
    app.register_blueprint(fieldwork.bp)
    app.register_blueprint(results.bp)
    app.register_blueprint(drafting.bp)
    app.register_blueprint(comments.bp)
    app.register_blueprint(evidence.bp)
    app.register_blueprint(scorecard.bp)
    app.register_blueprint(actions.bp)
    app.register_blueprint(health.bp)
    return app
