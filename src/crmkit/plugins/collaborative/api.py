"""What programs and other plugins may use of the collaborative plugin."""

from crmkit.plugins.collaborative.handovers.handovers import Handovers
from crmkit.plugins.collaborative.handovers.model import Handover
from crmkit.plugins.collaborative.handovers.record_type import HandoverTold
from crmkit.plugins.collaborative.inbox.answering import Answering
from crmkit.plugins.collaborative.inbox.conversations import Conversations
from crmkit.plugins.collaborative.inbox.model import Conversation
from crmkit.plugins.collaborative.notes.feed import Feed
from crmkit.plugins.collaborative.notes.following import Following
from crmkit.plugins.collaborative.notes.model import Entry, FeedPage, Follower, Pin, Reading
from crmkit.plugins.collaborative.notes.pins import Pins
from crmkit.plugins.collaborative.subscriptions.subscriptions import Delivery, Standing, Subscriptions
from crmkit.plugins.collaborative.surveys.measuring import Estimate
from crmkit.plugins.collaborative.surveys.surveys import Result, Summary, Surveys, Verbatim

__all__ = [
    "Answering",
    "Conversation",
    "Conversations",
    "Delivery",
    "Entry",
    "Estimate",
    "Feed",
    "FeedPage",
    "Follower",
    "Following",
    "Handover",
    "HandoverTold",
    "Handovers",
    "Pin",
    "Pins",
    "Reading",
    "Result",
    "Standing",
    "Subscriptions",
    "Summary",
    "Surveys",
    "Verbatim",
]
