"""Plain HTTP: one client for robots.txt, thumbnails, asset pages and checks, and the manners of all requests."""
