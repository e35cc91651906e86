# The container image: nginx and the responder, statically linked, from scratch.
#
#   docker build -t instacrawler .
#   docker run -p 8080:8080 -e PORT=8080 instacrawler

# Full versions, so that two builds of a commit start from the same images. scripts/stand-in-images reads them here.
ARG SWIFT_VERSION=6.3.1-bookworm
ARG DEBIAN_VERSION=bookworm-20260824-slim

# --- the responder -----------------------------------------------------------------------------------------------
FROM docker.io/library/swift:${SWIFT_VERSION} AS responder

# No versions: within a release, Debian changes packages only for security and does not keep older ones.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libfcgi-dev libsqlite3-dev libutf8proc-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /source

# Fetches and builds the dependencies in a separate layer, which remains valid until their versions change.
COPY Package.swift ./
COPY Sources/instacrawler/versions.txt Sources/instacrawler/
COPY scripts/build-static scripts/resolve scripts/
RUN scripts/build-static --dependencies

# The manifest also names tests and benchmarks.
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

# The source, with the fixes of Debian's security team.
COPY docker/source.sources /etc/apt/sources.list.d/
# Keep the package lists: build-nginx needs them to find the source.
# hadolint ignore=DL3008,DL3009
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates dpkg-dev gcc libc6-dev libpcre2-dev make zlib1g-dev

WORKDIR /source
# The default is Debian's newest version.
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

# Only /tmp must be writable.
ENV PATH=/usr/bin:/usr/sbin \
    INSTACRAWLER_RUN=/tmp/instacrawler \
    INSTACRAWLER_DATA=/tmp/instacrawler/data

# Any other user works too, with or without a line in /etc/passwd.
USER 65532:65532
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/bin/instacrawler", "check"]
ENTRYPOINT ["/usr/bin/instacrawler", "up"]
