"""Incoming mail: read from a mail server, a mail folder or files, sorted, and put onto timelines."""
