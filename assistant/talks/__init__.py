"""Conversations as their professional reads them: the list, the search, one talk."""
