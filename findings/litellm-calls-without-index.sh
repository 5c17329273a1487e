#!/usr/bin/env bash
# LiteLLM gives index 0 to every streamed tool call that has none, so two parallel calls become one.
#
# litellm 1.108.7, seen 2026-11-29. Some OpenAI-compatible hosts write whole calls, each with an id of its own but without
# `index`. litellm hands them on as two deltas of index 0 with different ids. A reader that gathers deltas by index, as the
# format means them to be gathered, gets one call whose name and arguments are those of both, run together.
#
# A gateway should number calls by their ids where a host gives no index.
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


def frame(delta, finish=None):
    return "data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}) + "\n\n"


def call(number):
    return {"tool_calls": [{"id": f"call_{number}", "type": "function", "function": {"name": f"tool_{number}", "arguments": "{}"}}]}


class Stand(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write((frame(call(1)) + frame(call(2)) + frame({}, "tool_calls") + "data: [DONE]\n\n").encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stand)
threading.Thread(target=server.serve_forever, daemon=True).start()
for chunk in litellm.completion(model="openai/m", messages=[{"role": "user", "content": "x"}], stream=True, api_key="k", api_base=f"http://127.0.0.1:{server.server_port}/v1", num_retries=0):
    for choice in chunk.choices:
        for piece in choice.delta.tool_calls or []:
            print(f"index {piece.index}: {piece.id} {piece.function.name} {piece.function.arguments}")
END
expected='index 0: call_1 tool_1 {}
index 0: call_2 tool_2 {}'
seen=$(timeout 100 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
