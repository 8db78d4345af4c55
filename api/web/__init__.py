"""The web page: plain files, and what they may do."""
