# The service in a container: built in one stage, run in another as a user without rights, its record validated within.
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN python -m venv /opt/demarche && /opt/demarche/bin/pip install --no-cache-dir .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/demarche demarche
COPY --from=build /opt/demarche /opt/demarche
USER demarche
ENV PATH=/opt/demarche/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    DEMARCHE_HOST=0.0.0.0 DEMARCHE_PORT=8000 DEMARCHE_LOG=json DEMARCHE_CACHE=/var/lib/demarche/cache
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/ready', timeout=5)"]
CMD ["demarche", "serve"]
