"""Small web servers for pages of a test's own."""

import contextlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PageServers(contextlib.ExitStack):
    """Servers on loopback that each answer every address with one page; closed at the end."""

    def serve(self, html: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
        """Serve one page at every address; give the base URL."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send(request, html.encode(), status, **{"Content-Type": "text/html", **(headers or {})})

        return self.serve_with(answer)

    def serve_with(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        """Let a function answer every request; give the base URL."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.rfile.read(int(self.headers["Content-Length"] or 0))
                    answer(self)

            do_POST = do_DELETE = do_GET  # noqa: N815 - the names in http.server

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name in http.server
                pass

        server = self.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}"


def send(request: BaseHTTPRequestHandler, body: bytes = b"", status: int = 200, **headers: str) -> None:
    """Answer a request whole."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
