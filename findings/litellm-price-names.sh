#!/usr/bin/env bash
# LiteLLM's price list says the threshold of a price in the *name* of the field, and the price of a cache hit by two names.
#
# model_prices_and_context_window_backup.json of litellm 1.108.7, read 2026-11-29: 4256 entries with 159 different fields of
# cost. `…_above_272k_tokens`, and the same for 100, 128, 200 and 512: the number must be parsed out of the key, together
# with a tier after it (`…_above_272k_tokens_priority`). 41 entries say what a cache hit costs both as
# `cache_read_input_token_cost` and as `input_cost_per_token_cache_hit`. A reader with a fixed list of names takes long prompts
# at the short price, without an error.
#
# A gateway that takes prices over should read thresholds by pattern and refuse, loudly, an entry with a field of cost that it
# does not know.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check --no-deps litellm==1.108.7
cat >see.py <<'END'
import glob, json, re

(path,) = glob.glob("venv/lib/python*/site-packages/litellm/model_prices_and_context_window_backup.json")
with open(path, encoding="utf-8") as file:
    entries = json.load(file)
names = {name for entry in entries.values() for name in entry if "cost" in name or "pric" in name}
thresholds = {int(found[1]) for name in names if (found := re.search(r"_above_(\d+)k_tokens", name))}
after = {found[1] for name in names if (found := re.search(r"_above_\d+k_tokens_(\w+)$", name))}
twice = [entry for entry in entries.values() if {"cache_read_input_token_cost", "input_cost_per_token_cache_hit"} <= entry.keys()]
print(f"{len(entries)} entries, {len(names)} fields of cost")
print(f"thresholds in names: {sorted(thresholds)}, tiers after them: {sorted(after)}")
print(f"a cache hit by two names: {len(twice)} entries")
END
expected="4256 entries, 159 fields of cost
thresholds in names: [100, 128, 200, 272, 512], tiers after them: ['batches', 'decisions', 'flex', 'priority', 'ultrafast']
a cache hit by two names: 41 entries"
seen=$(timeout 60 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
