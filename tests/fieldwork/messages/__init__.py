"""Messages to businesses: files, reminders, e-mail, and what comes back."""
