# The container: nginx and the responder, static, from scratch.
#
#   docker build -t instacrawler .
#   docker run -p 8080:8080 -e PORT=8080 instacrawler

# Full versions, so that two builds of a commit begin with the same; scripts/stand-in-images reads them here.
ARG SWIFT_VERSION=6.3.1-bookworm
ARG DEBIAN_VERSION=bookworm-20260824-slim

# --- the responder -----------------------------------------------------------------------------------------------
FROM docker.io/library/swift:${SWIFT_VERSION} AS responder

# No versions: within a release Debian changes packages for their safety alone, and keeps no older ones.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libfcgi-dev libsqlite3-dev libutf8proc-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /source

# The dependencies are fetched and built in a layer of their own, which lasts as long as their versions do.
COPY Package.swift ./
COPY Sources/instacrawler/versions.txt Sources/instacrawler/
COPY scripts/build-static scripts/resolve scripts/
RUN scripts/build-static --dependencies

# The manifest names tests and benchmarks, too.
COPY Sources Sources
COPY Tests Tests
COPY Benchmarks Benchmarks
# The commit, for `instacrawler --version --verbose`.
ARG COMMIT=""
RUN scripts/build-static --product instacrawler \
    && install -D .build/image/instacrawler /image/usr/bin/instacrawler \
    && mkdir -p /image/usr/share/instacrawler \
    && swift --version > /tmp/swift-version \
    && { sed -nE 's/.*Swift version ([^ ]+).*/swift \1/p' /tmp/swift-version; \
        dpkg-query --show --showformat 'libfcgi ${Version}\n' libfcgi-dev; echo "commit ${COMMIT:-unknown}"; } \
        > /image/usr/share/instacrawler/versions.txt

# --- nginx ---------------------------------------------------------------------------------------------------------
FROM docker.io/library/debian:${DEBIAN_VERSION} AS nginx

# Where the source is; with the fixes of Debian's security team.
COPY docker/source.sources /etc/apt/sources.list.d/
# The lists stay: build-nginx asks them for the source.
# hadolint ignore=DL3008,DL3009
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates dpkg-dev gcc libc6-dev libpcre2-dev make zlib1g-dev

WORKDIR /source
# Debian's newest, unless a version is named.
ARG NGINX_VERSION=""
COPY docker/build-nginx docker/nginx-graceful.patch ./
RUN NGINX_VERSION="$NGINX_VERSION" ./build-nginx /image

# --- the root ------------------------------------------------------------------------------------------------------
FROM docker.io/library/debian:${DEBIAN_VERSION} AS root

COPY docker/make-root /source/
COPY nginx /source/nginx
COPY --from=nginx /image /image
COPY --from=responder /image /image
COPY --from=responder /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt
RUN /source/make-root /source/nginx /image

# --- the image -----------------------------------------------------------------------------------------------------
FROM scratch

LABEL org.opencontainers.image.title="InstaCrawler" \
      org.opencontainers.image.description="The newest pictures under a hashtag, as a page, a picture and JSON" \
      org.opencontainers.image.licenses="Apache-2.0"

COPY --from=root /image /

# /tmp is the one directory that must be writable.
ENV PATH=/usr/bin:/usr/sbin \
    INSTACRAWLER_RUN=/tmp/instacrawler \
    INSTACRAWLER_DATA=/tmp/instacrawler/data

# Any other user will do as well, with or without a line in /etc/passwd.
USER 65532:65532
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/bin/instacrawler", "check"]
ENTRYPOINT ["/usr/bin/instacrawler", "up"]
