"""THE OFFICE LISTENS: comments are masked, coded into themes and released or withheld,
before anybody who was rated reads them."""

from survey.comments import views, views_coding, views_themes
from survey.comments.blueprint import bp

__all__ = ["bp", "views", "views_coding", "views_themes"]
