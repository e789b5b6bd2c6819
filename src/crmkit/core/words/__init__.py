"""The vocabularies: fields, interaction types, channels, identity schemes, purposes and traits."""
