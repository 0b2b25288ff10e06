# One image for the API, the worker and the migrations; the command chooses.
FROM rust:1.95-slim-trixie AS build
WORKDIR /build
# As root on Debian, xtask installs what the web app's build needs by itself.
COPY . .
RUN cargo xtask build --release

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home smartstack
COPY --from=build /build/target/release/smartstack-api /build/target/release/smartstack-worker /build/target/release/smartstack-migrate /usr/local/bin/
COPY --from=build /build/target/web-dist /usr/local/share/smartstack/web
ENV LISTEN=0.0.0.0:8080 \
    LOG_FORMAT=json \
    SMARTSTACK_WEB_DIR=/usr/local/share/smartstack/web
USER 10001
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["smartstack-api", "serve"]
