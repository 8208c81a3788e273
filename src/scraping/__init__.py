"""From web pages to thumbnails: real browsers list, plain HTTP fetches."""
