# One file for both: `addon` (the last stage, what Home Assistant builds) runs as the Supervisor expects, as root
# inside its AppArmor profile; `container` runs as an ordinary user.
#   docker build --target container -t duplistatus .

FROM node:24-alpine AS compiled
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tools/build.mjs tools/memory-limiter.cjs ./tools/
COPY src ./src
RUN npm run build && rm -rf dist/modules

FROM node:24-alpine AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Prebuilt binaries are inside the packages: no compiler, no install scripts.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.[cm]ts' -o -name '*.md' ')' \
    ! -iname 'licen[cs]e*' ! -iname 'notice*' ! -iname 'copying*' -delete \
  && rm -rf node_modules/@types node_modules/.package-lock.json

FROM node:24-alpine AS runtime
RUN apk add --no-cache tini \
  && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && mkdir -p /data \
  && chown node:node /data
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=packages /app/node_modules ./node_modules
COPY views ./views
COPY --from=compiled /app/dist ./dist
ENV NODE_ENV=production DATA_DIR=/data MALLOC_ARENA_MAX=2
EXPOSE 9666
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
  CMD wget -q -T 4 -O /dev/null "http://127.0.0.1:${PORT:-9666}/healthz"
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["node", "--min-semi-space-size=4", "--max-semi-space-size=8", "--max-old-space-size=128", "--single-threaded-gc", "dist/main.js"]
LABEL org.opencontainers.image.title="duplistatus" \
  org.opencontainers.image.description="Watches Duplicati backups and says when one fails or does not run" \
  org.opencontainers.image.url="https://example.org/duplistatus" \
  org.opencontainers.image.licenses="Apache-2.0"

FROM runtime AS container
ARG BUILD_VERSION=dev
LABEL org.opencontainers.image.version="${BUILD_VERSION}"
USER node

FROM runtime AS addon
ARG BUILD_VERSION=dev
ARG BUILD_ARCH=amd64
LABEL org.opencontainers.image.version="${BUILD_VERSION}" \
  io.hass.version="${BUILD_VERSION}" \
  io.hass.arch="${BUILD_ARCH}" \
  io.hass.type="app"
