# syntax=docker/dockerfile:1
# The production image: web, worker, scheduler and migrations are the same image with another command (Procfile).

FROM node:22-bookworm-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
WORKDIR /build
COPY requirements/bootstrap.txt requirements/production.txt requirements/
RUN python -m venv /venv \
    && pip install --require-hashes --requirement requirements/bootstrap.txt \
    && uv pip sync --python /venv/bin/python --require-hashes --compile-bytecode requirements/production.txt

FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
RUN groupadd --gid 10001 wallet && useradd --uid 10001 --gid wallet --no-create-home --home-dir /nonexistent wallet
WORKDIR /app
COPY --from=packages /venv /venv
COPY apps apps
COPY config config
COPY templates templates
COPY static static
COPY manage.py Procfile ./
COPY --from=front-end /build/node_modules/echarts/dist/echarts.min.js /build/node_modules/echarts/LICENSE \
    static/vendor/echarts/
COPY --from=front-end /build/node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2 \
    /build/node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2 \
    /build/node_modules/@fontsource-variable/inter/LICENSE \
    static/vendor/inter/
# Settings ask for every secret; these live for this one line and reach nothing.
RUN APP_ENV=production APP_URL=https://build.invalid SECRET_KEY="$(head -c 64 /dev/urandom | base64 -w 0)" \
    DATABASE_URL=postgresql:///build DATABASE_LEDGER_URL=postgresql:///build REDIS_URL=redis://build.invalid:6379/0 \
    EMAIL_URL=smtp://build.invalid:25 S3_ENDPOINT_URL=https://build.invalid \
    python manage.py collectstatic --noinput
USER wallet
EXPOSE 8000
# exec: gunicorn itself gets SIGTERM and finishes what it has begun.
CMD ["sh", "-c", "exec gunicorn config.wsgi:application --bind 0.0.0.0:${PORT:-8000} --workers ${WEB_CONCURRENCY:-3} --threads 4 --worker-tmp-dir /dev/shm --limit-request-line 8190 --max-requests 2000 --max-requests-jitter 200"]
