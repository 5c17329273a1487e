#!/usr/bin/env bash
# Pydantic AI adds up the usage of all chunks of a stream, so what is told twice counts twice.
#
# pydantic-ai-slim 2.68.0 with openai 3.57.0 for Python, seen 2026-11-29. One answer of 3 tokens to a prompt of 10:
#   usage once, in a last chunk without choices (OpenAI's way)                   -> 10 in, 3 out
#   the same usage beside the finish and again in a last chunk (some gateways)   -> 20 in, 6 out
#   running totals in every chunk (vLLM's continuous_usage_stats, MiniMax)       -> 30 in, 6 out
# Its limits of usage and its costs follow those sums.
#
# A gateway should send usage exactly once, in the last chunk, whatever the provider repeats.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check 'pydantic-ai-slim[openai]==2.68.0' openai==3.57.0
cat >see.py <<'END'
import asyncio, http.server, json, threading
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


def frame(choices, counted=None):
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    if counted:
        chunk["usage"] = {"prompt_tokens": 10, "completion_tokens": counted, "total_tokens": 10 + counted}
    return "data: " + json.dumps(chunk) + "\n\n"


def text(words, finish=None, counted=None):
    return frame([{"index": 0, "delta": {"role": "assistant", "content": words}, "finish_reason": finish}], counted)


done = "data: [DONE]\n\n"
streams = {
    "once": text("a") + text("b") + text("c", "stop") + frame([], 3) + done,
    "twice": text("a") + text("b") + text("c", "stop", 3) + frame([], 3) + done,
    "running": text("a", None, 1) + text("b", None, 2) + text("c", "stop", 3) + done,
}


class Stand(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(Stand.stream.encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stand)
threading.Thread(target=server.serve_forever, daemon=True).start()


async def main():
    for name, Stand.stream in streams.items():
        provider = OpenAIProvider(base_url=f"http://127.0.0.1:{server.server_port}/v1", api_key="k")
        async with Agent(OpenAIChatModel("m", provider=provider)).run_stream("x") as run:
            words = await run.get_output()
            print(f"{name}: {words}, {run.usage.input_tokens} in, {run.usage.output_tokens} out")


asyncio.run(main())
END
expected='once: abc, 10 in, 3 out
twice: abc, 20 in, 6 out
running: abc, 30 in, 6 out'
seen=$(timeout 60 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
