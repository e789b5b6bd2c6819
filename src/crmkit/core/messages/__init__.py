"""Messages to customers: templates, the versions that are kept of them, composing and sending."""
