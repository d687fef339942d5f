# syntax=docker.io/docker/dockerfile:1@sha256:4edf897a3ffa55b89f906fc8cc78afdb3f1834cc9c7083565e611a8a7d5fe99e
# Generated from mlops.yaml; do not edit: change mlops.yaml and run "mlopsc compile".
# The image that trains the model. Build it in the folder of the spec:
#   docker build --file ops/docker/train.Dockerfile .

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
WORKDIR /work
COPY requirements.txt ./requirements.txt
COPY ops/pipeline ./ops/pipeline
COPY src ./src
COPY data/penguins.csv ./data/penguins.csv
# The one other folder that a run writes to: mount a volume here where the root is read-only.
RUN install --directory --owner=1000 --group=1000 build
# There is no repository in here: the build says which commit this is, --build-arg MLOPS_COMMIT=$(git rev-parse HEAD).
ARG MLOPS_COMMIT=""
ENV MLOPS_COMMIT=$MLOPS_COMMIT
USER 1000:1000
ENTRYPOINT ["python", "ops/pipeline"]
CMD ["run"]
