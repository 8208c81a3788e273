"""``art-colour COMMAND …``, or ``python -m src``: the commands under one name; each is ``python -m`` of its module."""

import runpy
import sys
from typing import Final

COMMANDS: Final = {
    "predict": ("src.models.predict_model", "name the colour of pictures"),
    "run": ("src.pipeline", "the whole job: scrape, measure, train, serve"),
    "gallery": ("src.gallery", "serve the offline gallery"),
    "scrape": ("src.scraping", "collect artworks by colour"),
    "measure": ("src.features.build_features", "measure the 18 features of the thumbnails"),
    "train": ("src.models.train_model", "choose, train and save a model"),
    "evaluate": ("src.models.evaluate_real", "score a model on labelled rows or pictures"),
    "report": ("src.models.report", "write the model report and its figures"),
    "serve": ("application", "the microservice"),
}


def main() -> int:
    """Run the command that the first argument names."""
    name = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if name not in COMMANDS:
        lines = [f"  {command:<10} {meaning}" for command, (_, meaning) in COMMANDS.items()]
        usage = "\n".join(["usage: art-colour COMMAND …   (COMMAND --help says more)", "", *lines, ""])
        if name in {"-h", "--help"}:
            sys.stdout.write(usage)
            return 0
        sys.stderr.write(f"art-colour has no command {name!r}\n{usage}")
        return 2
    module, _ = COMMANDS[name]
    del sys.argv[1]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"src", "application"}:
            raise
        extra = "service" if name == "serve" else "scraping"
        sys.stderr.write(
            f"error: {name} needs the package {error.name}, which is not installed: run `pip install -e '.[{extra}]'`\n"
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
