"""MESSAGES: whom to write to and when, files for SMS, Zalo and e-mail, e-mail sent from
here, and what came back."""

from survey.fieldwork.messages import views, views_batch
from survey.fieldwork.messages.mail import (
    JOB,
    Sent,
    by_state,
    faults,
    send_due,
    wait_for_room,
)
from survey.fieldwork.messages.sending import send

__all__ = [
    "JOB",
    "Sent",
    "by_state",
    "faults",
    "send",
    "send_due",
    "views",
    "views_batch",
    "wait_for_room",
]
