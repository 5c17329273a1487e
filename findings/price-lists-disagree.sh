#!/usr/bin/env bash
# Two public price lists of models disagree about the price of the same model at the same host, up to tenfold.
#
# genai-prices 0.2.3 and the list inside litellm 1.108.7, read 2026-11-29. Where both name the same model of the same host and
# give a flat price, 469 rates can be compared; 17 differ. xai/grok-code-fast-1: 1.00 against 0.20 dollars per million tokens
# of input, 0.20 against 0.02 for a cache hit; together_ai/Qwen/Qwen3.7-Max: 1.50 against 2.50 of input. Neither list is
# always the lower one.
#
# A gateway should say where each price comes from and of which day it is, warn when two sources disagree, and let the
# operator's own price win.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check genai-prices==0.2.3
venv/bin/pip install --quiet --no-compile --disable-pip-version-check --no-deps litellm==1.108.7
cat >see.py <<'END'
import glob, json
from decimal import Decimal
from genai_prices.data import providers

(path,) = glob.glob("venv/lib/python*/site-packages/litellm/model_prices_and_context_window_backup.json")
with open(path, encoding="utf-8") as file:
    entries = json.load(file, parse_float=Decimal)
hosts = {
    "anthropic": "anthropic", "openai": "openai", "mistral": "mistral", "gemini": "google", "deepseek": "deepseek", "groq": "groq",
    "xai": "x-ai", "cohere_chat": "cohere", "cohere": "cohere", "perplexity": "perplexity", "fireworks_ai": "fireworks",
    "together_ai": "together", "moonshot": "moonshotai", "cerebras": "cerebras", "openrouter": "openrouter", "zai": "zai", "minimax": "minimax",
}
rates = {"input_cost_per_token": "input_mtok", "output_cost_per_token": "output_mtok", "cache_read_input_token_cost": "cache_read_mtok"}
known = {(provider.id, model.id): model.prices for provider in providers for model in provider.models}
compared, differing, shown = 0, 0, []
for name, entry in entries.items():
    host = entry.get("litellm_provider")
    model = name.split("/", 1)[1] if "/" in name and host != "anthropic" else name
    prices = known.get((hosts.get(host), model))
    if prices is None or isinstance(prices, list):
        continue
    for theirs, ours in rates.items():
        one, other = entry.get(theirs), getattr(prices, ours, None)
        if one is None or not isinstance(other, Decimal):
            continue
        compared += 1
        one = Decimal(one) * 1_000_000
        if abs(one - other) > Decimal("0.0001"):
            differing += 1
            if name in ("xai/grok-code-fast-1", "together_ai/Qwen/Qwen3.7-Max"):
                shown.append(f"{name} {ours}: {one:.2f} or {other:.2f}")
print(f"{differing} of {compared} rates differ", *shown, sep="\n")
END
expected='17 of 469 rates differ
together_ai/Qwen/Qwen3.7-Max input_mtok: 1.50 or 2.50
together_ai/Qwen/Qwen3.7-Max output_mtok: 4.50 or 7.50
together_ai/Qwen/Qwen3.7-Max cache_read_mtok: 0.30 or 0.50
xai/grok-code-fast-1 input_mtok: 1.00 or 0.20
xai/grok-code-fast-1 output_mtok: 2.00 or 1.50
xai/grok-code-fast-1 cache_read_mtok: 0.20 or 0.02'
seen=$(timeout 60 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
