#!/bin/sh
# Other gateways beside this one: installs them from their registries (npm, PyPI) into a folder outside the checkout, once,
# then measures all in the same rounds. Run: sh bench/peers.sh [rounds]
set -eu
cd "$(dirname "$0")/.."
PEERS=${PEERS:-${TMPDIR:-/tmp}/switchwright-peers}
export PEERS
if [ ! -d "$PEERS/portkey/node_modules" ]; then
  mkdir -p "$PEERS/portkey"
  echo '{"private":true,"dependencies":{"@portkey-ai/gateway":"1.15.2"}}' >"$PEERS/portkey/package.json"
  npm install --prefix "$PEERS/portkey" --no-audit --no-fund --omit=dev --ignore-scripts --loglevel=error
fi
if [ ! -x "$PEERS/litellm/bin/litellm" ]; then
  # The proxy of 1.109 and later asks for a package that the registry does not have (2026-11-29).
  python3 -m venv "$PEERS/litellm"
  "$PEERS/litellm/bin/pip" install --quiet 'litellm[proxy]==1.108.7'
fi
exec node_modules/.bin/node bench/peers.ts "$@"
