# For Fly, and whoever runs containers: the process gets its signals itself (no shell in between), as nobody's user.
FROM python:3.11-slim
WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY bot bot
COPY commands commands
COPY manifest.yml .
USER 65534
EXPOSE 3000
CMD ["python", "-m", "bot", "serve"]
