# syntax=docker.io/docker/dockerfile:1@sha256:4edf897a3ffa55b89f906fc8cc78afdb3f1834cc9c7083565e611a8a7d5fe99e
# Generated from mlops.yaml; do not edit: change mlops.yaml and run "mlopsc compile".
# The image that serves the model. Run the pipeline, then build it in the folder of the spec:
#   docker build --file ops/docker/serve.Dockerfile .

# The packages are installed here and copied below, so that the image holds nothing that installs or builds.
FROM docker.io/library/python:3.11-slim-bookworm@sha256:0a310eeecf4e1f5a0743f9a6520c90c88d089c903ca5fd283f501e3a805f5f89 AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --root-user-action=ignore \
        --require-hashes --no-deps --requirement /tmp/requirements.txt

FROM docker.io/library/python:3.11-slim-bookworm@sha256:0a310eeecf4e1f5a0743f9a6520c90c88d089c903ca5fd283f501e3a805f5f89
RUN useradd --uid 1000 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app \
    && python -m pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && rm -rf /usr/local/lib/python3.11/ensurepip
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MLFLOW_DISABLE_TELEMETRY=true
# Nothing is written outside /tmp, so the root may be read-only.
WORKDIR /app
COPY ops/docker/settings.json build/model-settings.json ./
COPY build/model ./model
USER 1000:1000
# REST, gRPC, metrics
EXPOSE 8080 9000 8082
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8080, timeout=4); c.request('GET', '/v2/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["mlserver", "start", "/app"]
