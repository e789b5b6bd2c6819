"""What programs and other plugins may use of the collaborative plugin."""

from crmkit.plugins.collaborative.notes.feed import Feed
from crmkit.plugins.collaborative.notes.following import Following
from crmkit.plugins.collaborative.notes.model import Entry, FeedPage, Follower, Pin, Reading
from crmkit.plugins.collaborative.notes.pins import Pins

__all__ = ["Entry", "Feed", "FeedPage", "Follower", "Following", "Pin", "Pins", "Reading"]
