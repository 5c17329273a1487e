# The same two commands as on a machine of your own: install what is locked, then start.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY console/package.json console/
RUN npm ci --omit=dev
COPY . .
RUN cd console && ../node_modules/.bin/node ../node_modules/vite/bin/vite.js build --logLevel warn && touch dist/.built

FROM node:24-slim
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
ENV HOST=0.0.0.0 PORT=8787 SWITCHWRIGHT_DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:8787/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "tools/start.mjs", "serve"]
