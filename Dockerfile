# One image for all services; arguments choose: `docker run ticketing auth tickets`.
# `--target stripe-stand-in` is the double of Stripe's API, which production never gets.

FROM python:3.13.16-slim-trixie AS python

# ---- The packages that the lock names, and nothing else.
FROM python AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv --without-pip /opt/venv
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-compile \
    --disable-pip-version-check --only-binary :all: --require-hashes \
    --requirement /tmp/base.txt
# Compiled here, because the file system is read-only later. By their hashes, so that
# the same lock makes the same files.
RUN python -m compileall -q --invalidation-mode checked-hash /opt/venv/lib

# ---- What the pages need of npm.
FROM node:24.11.1-trixie-slim AS pages
COPY web/package.json web/package-lock.json /web/
RUN npm --prefix /web ci --ignore-scripts --no-audit --no-fund

# ---- What both images stand on.
FROM python AS runtime
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="ticketing" \
      org.opencontainers.image.description="A ticket shop that never sells a ticket twice" \
      org.opencontainers.image.licenses="Unlicense" \
      org.opencontainers.image.version="${VERSION}"
RUN pip uninstall --yes --quiet pip --root-user-action ignore \
    && rm -rf /usr/local/lib/python3.13/ensurepip
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
USER 10001:10001

# ---- The stand-in of Stripe's API.
FROM runtime AS stripe-stand-in
COPY stripe_stand_in stripe_stand_in/
EXPOSE 12111
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:12111/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "stripe_stand_in"]

# ---- The services.
FROM runtime AS services
ENV WEB_SERVER_ADDRESS=0.0.0.0:8000
COPY --from=packages /opt/venv /opt/venv
COPY config.yaml ./
COPY ticketing ticketing/
COPY auth auth/
COPY tickets tickets/
COPY orders orders/
COPY expiration expiration/
COPY payments payments/
COPY web web/
COPY recovery recovery/
COPY --from=pages /web/node_modules web/node_modules/
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "ticketing.serve"]
