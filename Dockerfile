# A static binary, run by an unprivileged user: in an empty image, or (target
# "viewing") beside poppler. Whoever
# publishes images pins the four tags below by digest.
FROM node:22-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY views/assets views/assets
RUN npm run --silent build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/views/assets/dist views/assets/dist
RUN CGO_ENABLED=0 go build -trimpath -o /out/portal ./cmd/portal
# Volumes take their owner from the folder they are mounted on.
RUN mkdir -p /out/keys /out/shred /out/documents /out/vault /out/socket /out/tmp && chmod 700 /out/*/

# The same with poppler, for looking at PDFs: the staff site.
FROM debian:bookworm-slim AS viewing
RUN apt-get update && apt-get install -y --no-install-recommends poppler-utils && rm -rf /var/lib/apt/lists/*
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/portal /portal
COPY --from=build --chown=65532:65532 /out/keys /keys
COPY --from=build --chown=65532:65532 /out/shred /shred
COPY --from=build --chown=65532:65532 /out/documents /documents
COPY --from=build --chown=65532:65532 /out/vault /vault
COPY --from=build --chown=65532:65532 /out/socket /run/portal-vault
ENV ZONEINFO=/zoneinfo.zip PORTAL_KEYS=/keys PORTAL_SHRED=/shred BLOB_URL=file:///documents PORTAL_LISTEN=0.0.0.0:8080
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/portal"]
CMD ["web"]

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/portal /portal
COPY --from=build --chown=65532:65532 /out/keys /keys
COPY --from=build --chown=65532:65532 /out/shred /shred
COPY --from=build --chown=65532:65532 /out/documents /documents
COPY --from=build --chown=65532:65532 /out/vault /vault
COPY --from=build --chown=65532:65532 /out/socket /run/portal-vault
COPY --from=build --chown=65532:65532 /out/tmp /tmp
ENV ZONEINFO=/zoneinfo.zip PORTAL_KEYS=/keys PORTAL_SHRED=/shred BLOB_URL=file:///documents PORTAL_LISTEN=0.0.0.0:8080
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/portal"]
CMD ["web"]
