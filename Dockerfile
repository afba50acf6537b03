FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bridge ./bridge
RUN python -m venv /opt/growatt-bridge \
 && /opt/growatt-bridge/bin/pip install --no-cache-dir .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /state growatt \
 && install -d -o growatt -g growatt -m 700 /state
COPY --from=build /opt/growatt-bridge /opt/growatt-bridge
ENV PATH=/opt/growatt-bridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GROWATT_BRIDGE_STATE_DIR=/state
USER growatt
VOLUME /state
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["growatt-bridge", "health"]
ENTRYPOINT ["growatt-bridge"]
CMD ["run"]
