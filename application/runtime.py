"""What one worker holds while it runs: the model, the threads, the limits, the figures."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import cv2
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from application.exchange import Exchange
from application.logs import make_logger
from application.metrics import Metrics
from application.problems import ProblemError, describe_image_error
from application.services.img_classify import Classified, ImgClassify
from application.services.work_pool import PoolFullError, WorkPool
from application.settings import Settings
from application.utility.body_memory import BodyMemory
from application.utility.conversion import ImageLimits
from application.utility.upload import UploadReader
from src.errors import ImageError, ModelError, ModelMismatchError, ProjectError
from src.features.decode_image import MAXIMUM_MEMORY
from src.models.artefacts import ColourModel, load_model

SELF_TEST_PICTURE = Path(__file__).with_name("static") / "self_test.jpg"

SELF_TEST_FRESH_SECONDS = 5.0
"""An answer of the self-test is believed for so long."""

Loader = Callable[[Path], ColourModel]


class Runtime:
    """The state of one worker.

    Parameters
    ----------
    settings
        What the operator chose.
    loader
        Gives the model of a folder; tests put another one in its place.
    """

    def __init__(self, settings: Settings, loader: Loader = load_model) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.logger = make_logger(settings)
        self.memory = BodyMemory(settings.body_memory_bytes)
        self.uploads = UploadReader(settings)
        self.refusal: str | None = None
        self.is_draining = False
        self.requests_in_flight = 0
        self.last_request = monotonic()
        self._loader = loader
        self._limits = ImageLimits(settings.maximum_body_bytes, settings.decoding_memory_bytes)
        self._pool: WorkPool | None = None
        self._service: ImgClassify | None = None
        self._reloading = asyncio.Lock()
        self._self_test_time = float("-inf")

    @property
    def service(self) -> ImgClassify:
        """The classifier in use.

        Raises
        ------
        ProblemError
            503, before the model is loaded.
        """
        if self._service is None:
            raise ProblemError("not-ready", "the model is not loaded yet: try again shortly")
        return self._service

    @property
    def pool(self) -> WorkPool:
        """The decoding threads."""
        if self._pool is None:
            raise ProblemError("not-ready", "the worker has not started yet: try again shortly")
        return self._pool

    async def start(self) -> None:
        """Load the model and classify the self-test picture.

        Raises
        ------
        ProjectError
            If the model cannot be used; the service must not start then.
        """
        settings = self.settings
        cv2.setNumThreads(settings.opencv_threads or 1)
        threadpool_limits(1)  # of BLAS and OpenMP: a row of features is no work for several threads
        self._pool = WorkPool(settings.decoding_threads, settings.maximum_waiting, self.metrics.watch_pictures)
        try:
            self._service = await asyncio.to_thread(self._load)
        except ProjectError as error:
            self.refusal = str(error)
            raise
        self._self_test_time = monotonic()
        self.metrics.count_model_load("loaded")
        self.logger.info(
            "model loaded",
            model_version=self._service.model.version,
            models_dir=str(settings.models_dir),
            classes=len(self._service.model.classes),
            decode_threads=self._pool.threads,
        )

    def stop(self) -> None:
        """Let the threads end."""
        if self._pool is not None:
            self._pool.close()

    def _load(self) -> ImgClassify:
        service = ImgClassify(self._loader(self.settings.models_dir), self._limits)
        self._check(service)
        return service

    @staticmethod
    def _check(service: ImgClassify) -> None:
        """Classify the self-test picture, the whole way from bytes to colour."""
        model = service.model
        content = SELF_TEST_PICTURE.read_bytes()
        unlimited = ImgClassify(model, ImageLimits(len(content), MAXIMUM_MEMORY))  # whatever the operator allows
        prediction = unlimited.classify(content, with_shares=True).prediction
        total = sum(prediction.probabilities.values())
        if prediction.colour not in model.classes or abs(total - 1) > 1e-6:
            raise ModelMismatchError(
                f"the self-test picture is called {prediction.colour} with probabilities that sum to {total:.6f}: "
                f"expected one of {', '.join(model.classes)} and 1; train the model again"
            )

    async def check_health(self) -> str:
        """Classify the self-test picture in the pool, at most every few seconds.

        Returns
        -------
        str
            The version of the model.

        Raises
        ------
        ProblemError
            503, while there is no model, or it does not answer, or the worker is being stopped.
        """
        if self.is_draining:
            raise ProblemError("shutting-down", "this worker is being stopped")
        service = self.service
        if monotonic() - self._self_test_time > SELF_TEST_FRESH_SECONDS:
            try:
                await self.pool.run(self.settings.request_seconds, self._check, service)
            except PoolFullError:
                pass  # busy with other people's pictures, so it works
            except TimeoutError:
                raise ProblemError("not-ready", "the self-test picture is not classified in time") from None
            except (ImageError, ModelError) as error:
                raise ProblemError("not-ready", f"the self-test fails: {error}") from error
            self._self_test_time = monotonic()
        return service.model.version

    async def classify(self, content: bytes, *, with_shares: bool = False) -> Classified:
        """Classify a picture in the pool.

        Raises
        ------
        ProblemError
            413, 415 or 422 for the picture; 503 if there are too many or it takes too long.
        """
        service, seconds = self.service, self.settings.request_seconds
        try:
            classified = await self.pool.run(seconds, service.classify, content, with_shares=with_shares)
        except ImageError as error:
            raise describe_image_error(error) from error
        except PoolFullError:
            raise ProblemError(
                "overloaded", f"{self.pool.pending} pictures are waiting already: try again in a moment"
            ) from None
        except TimeoutError:
            raise ProblemError("time-exceeded", f"the picture was not classified within {seconds:g} s") from None
        self.metrics.count_prediction(classified.prediction.colour)
        return classified

    async def reload(self) -> tuple[str, str]:
        """Load the model of the folder anew; requests go on with the old one until it is ready.

        Returns
        -------
        tuple of str
            The versions before and after.

        Raises
        ------
        ModelError
            If the new one cannot be used; the old one stays.
        """
        async with self._reloading:
            before = self.service.model.version
            try:
                service = await asyncio.to_thread(self._load)
            except ModelError as error:
                self.metrics.count_model_load("refused")
                self.logger.error("model refused", model_version=before, detail=str(error))
                raise
            self._service = service
            self.metrics.count_model_load("reloaded")
            self.logger.info("model reloaded", model_version=service.model.version, previous_version=before)
            return before, service.model.version

    def tell_other_workers(self) -> bool:
        """Ask the process that started this worker to let all of them reload; False if there is none."""
        parent = multiprocessing.parent_process()
        if parent is None or parent.pid is None:
            return False
        os.kill(parent.pid, signal.SIGHUP)
        return True

    def begin_request(self) -> None:
        """Count a request that has begun."""
        self.requests_in_flight += 1
        self.last_request = monotonic()

    def end_request(self, exchange: Exchange) -> None:
        """Count a request that has ended."""
        self.requests_in_flight -= 1
        self.metrics.count_request(exchange)
