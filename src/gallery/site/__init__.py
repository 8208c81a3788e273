"""The web site: addresses, pages, lists, and what goes wrong on purpose."""
