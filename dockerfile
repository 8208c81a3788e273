# The microservice and what it needs at run time, nothing else.
#   docker build -t google-images-classifier .
#   docker run -it -p 9797:9797 google-images-classifier
# No heredocs and no BuildKit-only syntax: every builder since 2017 takes this file.
ARG BASE_IMAGE=python:3.11-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /app
# The virtual environment has no pip of its own; the base image's pip fills it from outside.
# Wheels only: nothing is compiled, so no compiler is needed. The libraries' own tests stay out (numpy.testing
# imports a part of numpy._core's, and scipy imports numpy.testing), and so do OpenCV's face cascades.
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/service \
    && python -m pip --python /opt/service/bin/python install --no-cache-dir --disable-pip-version-check \
        --root-user-action=ignore --only-binary=:all: -r requirements.txt \
    && rm -rf requirements.txt /opt/service/lib/python3.*/site-packages/cv2/data/*.xml \
    && find /opt/service -type d -name tests -not -path '*/numpy/_core/*' -prune -exec rm -rf {} +
COPY main.py ./
COPY application ./application
COPY src/*.py ./src/
COPY src/features ./src/features
COPY src/models ./src/models
COPY models/scaler.joblib models/svm_classifier.joblib models/model_card.json ./models/
# Readable whatever the umask of the checkout was, compiled because the file system is read-only at
# run time, and refused here, not in production, if the model is missing or of other libraries.
RUN chmod -R u=rwX,go=rX . \
    && /opt/service/bin/python -m compileall -q --invalidation-mode unchecked-hash application src main.py \
    && /opt/service/bin/python -B -c "from pathlib import Path; from src.models.artefacts import load_model; load_model(Path('models'))"

FROM ${BASE_IMAGE}
# The interpreter stays, its installers go.
RUN rm -rf /usr/local/lib/python3.*/site-packages/* /usr/local/lib/python3.*/ensurepip /usr/local/bin/pip* \
        /usr/lib/python3/dist-packages/pip* /usr/lib/python3/dist-packages/setuptools* \
        /usr/lib/python3/dist-packages/wheel* /usr/lib/python3.*/ensurepip /usr/share/python-wheels /usr/bin/pip* \
    && groupadd --gid 10001 service \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin service
# /dev/shm is writable where the root file system is not; several workers share their metrics there.
# What a large picture took goes back to the system at once (glibc would keep up to 32 MB of each piece).
# Pictures are classified in parallel, so the algebra of one needs no threads (and no memory for each).
ENV PATH=/opt/service/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MODELS_DIR=/app/models \
    TMPDIR=/dev/shm \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    WORKERS=1 \
    PORT=9797
WORKDIR /app
COPY --from=build /opt/service /opt/service
COPY --from=build /app /app
LABEL org.opencontainers.image.title="Google Art & Culture image classification" \
      org.opencontainers.image.description="Names the colour of an artwork: POST /img_classify" \
      org.opencontainers.image.licenses="MIT"
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
# Another port: docker run --env PORT=8080 --publish 8080:8080. Service and health check both follow it.
EXPOSE 9797
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
# As process 1 the service gets SIGTERM itself, finishes what it has begun and ends.
ENTRYPOINT ["python", "-m", "application", "--host", "0.0.0.0"]
