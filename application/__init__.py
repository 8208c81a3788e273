"""The microservice: pictures in over HTTP, colours out, and a web page."""
