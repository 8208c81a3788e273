"""The ASGI entry: ``uvicorn main:app --host 0.0.0.0 --port 9797``."""

from src.hidden_modules import hidden_modules

with hidden_modules("pandas", "rich"):  # the service needs neither
    from application.factory import create_app

app = create_app()
