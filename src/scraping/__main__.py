"""Entry of ``python -m src.scraping``.

Every browser's process imports this file again, so it takes nothing in until it is run.
"""

import sys

if __name__ == "__main__":
    from src.scraping.command import main

    sys.exit(main())
