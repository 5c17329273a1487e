#!/usr/bin/env bash
# In OpenAI's SDK for Python a keep-alive comment breaks a stream, if any event before it had an `id:` line.
#
# openai 3.57.0 for Python, seen 2026-11-29; openai 7.57.0 for JavaScript is not concerned. An SSE id stays "the last event id"
# for all that follows. The decoder takes whatever stands before a blank line for an event as soon as there is such an id,
# so `: keep-alive` + blank line becomes an event without data, which is then parsed as JSON: JSONDecodeError in the middle
# of an answer. The HTML standard says that an event without data is not dispatched. Without ids, or without comments,
# the same streams are fine.
#
# A gateway that keeps streams alive by comments should pass no provider's `id:` lines on (and send none).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check openai==3.57.0
cat >see.py <<'END'
import http.server, json, threading
from openai import OpenAI


def chunk(text, finish=None):
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    return "data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}) + "\n\n"


comment, done = ": keep-alive\n\n", "data: [DONE]\n\n"
streams = {
    "comment, no id": chunk("one ") + comment + chunk("two", "stop") + done,
    "id, no comment": "id: 1\n" + chunk("one ") + chunk("two", "stop") + done,
    "id, then comment": "id: 1\n" + chunk("one ") + comment + chunk("two", "stop") + done,
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
client = OpenAI(api_key="k", base_url=f"http://127.0.0.1:{server.server_port}/v1", max_retries=0)
for name, Stand.stream in streams.items():
    text, end = "", "clean end"
    try:
        for piece in client.chat.completions.create(model="m", stream=True, messages=[{"role": "user", "content": "x"}]):
            text += piece.choices[0].delta.content or ""
    except Exception as error:
        end = type(error).__name__
    print(f"{name}: {text!r}, {end}")
END
expected="comment, no id: 'one two', clean end
id, no comment: 'one two', clean end
id, then comment: 'one ', JSONDecodeError"
seen=$(timeout 60 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
