"""The ASGI entry: ``uvicorn main:app --host 0.0.0.0 --port 9797``."""

from application.main import create_app

app = create_app()
