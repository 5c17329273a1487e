#!/bin/sh
curl --silent --show-error --fail-with-body \
  "${SWITCHWRIGHT_BASE_URL:-http://127.0.0.1:8787}/api/v1/chat/completions" \
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "'"${MODEL:-openai/gpt-4.1-mini}"'",
    "messages": [{ "role": "user", "content": "Say hello in one word." }]
  }'
