#!/usr/bin/env bash
# LiteLLM turns a stream that broke off into a whole answer: finish "stop", and usage that it made up.
#
# litellm 1.108.7, seen 2026-11-29. A provider's connection ends after the first words: no finish reason, no [DONE] (OpenAI's
# format), no message_delta and message_stop (Anthropic's), no finishReason (Gemini's). The caller of litellm gets
# `finish_reason: "stop"` in all three, and for OpenAI's format a usage of its own counting (prompt 8), not marked as such.
# An answer that was cut is not told from one that is whole.
#
# A gateway in front of or behind such a peer cannot trust its "stop": look for the provider's own end mark where it is asked
# directly, and never write a finish that nobody sent.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check litellm==1.108.7
cat >see.py <<'END'
import http.server, json, os, threading

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

litellm.suppress_debug_info = True


def data(value, name=None):
    return (f"event: {name}\n" if name else "") + "data: " + json.dumps(value) + "\n\n"


message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 7, "output_tokens": 1}}
anthropic = [
    {"type": "message_start", "message": message},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "half"}},
]
streams = {
    "openai/m": data({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "half"}, "finish_reason": None}]}),
    "anthropic/m": "".join(data(event, event["type"]) for event in anthropic),
    "gemini/m": data({"candidates": [{"content": {"role": "model", "parts": [{"text": "half"}]}, "index": 0}]}),
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
url = f"http://127.0.0.1:{server.server_port}"
for model, Stand.stream in streams.items():
    text, finish, usage = "", None, None
    base = url if model.startswith("anthropic") else url + "/v1"
    for chunk in litellm.completion(model=model, messages=[{"role": "user", "content": "x"}], stream=True, stream_options={"include_usage": True}, api_key="k", api_base=base, max_tokens=10, num_retries=0):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
        usage = getattr(chunk, "usage", None) or usage
    made_up = ", usage 8 + 1" if model == "openai/m" and usage and (usage.prompt_tokens, usage.completion_tokens) == (8, 1) else ""
    print(f"{model}: {text}, finish {finish}{made_up}")
END
expected='openai/m: half, finish stop, usage 8 + 1
anthropic/m: half, finish stop
gemini/m: half, finish stop'
seen=$(timeout 100 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
