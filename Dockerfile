# The image's own Node is new enough, so the one that package.json pins is left out, as is all that only builds.
FROM node:26-slim AS console
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY console/package.json console/
RUN npm ci --omit=dev
COPY tsconfig.json ./
COPY console console
RUN cd console && node ../node_modules/vite/bin/vite.js build --logLevel warn

FROM node:26-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc LICENSE ./
COPY console/package.json console/
RUN npm ci --omit=dev --omit=optional --workspaces=false && npm cache clean --force
COPY data data
COPY docs docs
COPY src src
COPY console console
COPY --from=console /app/console/dist console/dist
RUN mkdir /data /cache && chown node:node /data /cache
ENV HOST=0.0.0.0 PORT=8787 SWITCHWRIGHT_DATA_DIR=/data SWITCHWRIGHT_WORKERS=auto NODE_COMPILE_CACHE=/cache
USER node
# Loaded once, the program is compiled for every start.
RUN node --input-type=module --eval "for (const file of ['cli/serve.ts', 'storage/thread.ts', 'storage/read-thread.ts']) await import('/app/src/' + file).catch(() => {}); process.exit(0)"
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Other commands: docker exec CONTAINER node src/main.ts keys list
# The flags are those of tools/flags.mjs.
ENTRYPOINT ["node", "--max-semi-space-size=32", "--min-semi-space-size=32", "--external-memory-accounted-in-global-limit", "--initial-old-space-size=128", "--expose-gc", "src/main.ts"]
CMD ["serve"]
