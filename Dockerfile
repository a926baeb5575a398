# Two stages: the first installs and collects, the second only runs. The same image is web, workers, beat and migrate.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install -r /tmp/requirements.txt
COPY . /app
WORKDIR /app
# Compiled once here: the running container cannot write. The key is of the build alone and signs nothing.
RUN SECRET_KEY=build DEBUG=0 STATE_DIR=/tmp/build /opt/venv/bin/python manage.py collectstatic --no-input \
    && /opt/venv/bin/python -m compileall -q /app /opt/venv/lib

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin sineta \
    && install -d -o sineta -g sineta -m 0700 /state
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATE_DIR=/state DEBUG=0
WORKDIR /app
USER sineta
EXPOSE 8000
# Each thread keeps a database connection: threads times web containers plus 20 must fit into max_connections.
# What comes beyond waits in the backlog instead of in memory.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "1", \
     "--blocking-threads", "16", "--blocking-threads-idle-timeout", "600", "--backpressure", "128", \
     "--log-config", "config/granian.json", "config.wsgi:application"]
