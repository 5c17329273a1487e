#!/usr/bin/env bash
# Google's SDK for Python reads a member that it does not know, but its own types refuse the same answer.
#
# google-genai 3.6.1 for Python, seen 2026-11-29. An answer with one more member than the SDK knows (as every newer server
# sends) passes through `generate_content`. The same JSON given to `GenerateContentResponse.model_validate`, as programs
# do that keep answers and read them again or validate recordings, is a ValidationError: the types forbid extras, and only
# the SDK's own way drops them first. A word that is new in an enumeration passes both.
#
# A gateway should send a Gemini client no members of its own (cost, provider): put them into headers, and test both ways.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check google-genai==3.6.1
cat >see.py <<'END'
import http.server, json, threading, warnings
from google import genai
from google.genai import types

warnings.simplefilter("ignore")
candidate = {"content": {"role": "model", "parts": [{"text": "hi"}]}, "finishReason": "STOP", "index": 0}
usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
plain = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m"}
answers = {
    "as known": plain,
    "new member of the answer": {**plain, "provider": "x"},
    "new member of the usage": {**plain, "usageMetadata": {**usage, "cost": 0.1}},
    "new finish reason": {**plain, "candidates": [{**candidate, "finishReason": "BRAND_NEW"}]},
}


class Stand(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(Stand.answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stand)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=f"http://127.0.0.1:{server.server_port}"))


def told(read):
    try:
        return read().text
    except Exception as error:
        return type(error).__name__


for name, Stand.answer in answers.items():
    asked = told(lambda: client.models.generate_content(model="m", contents="x"))
    validated = told(lambda: types.GenerateContentResponse.model_validate(Stand.answer))
    print(f"{name}: asked {asked}, validated {validated}")
END
expected='as known: asked hi, validated hi
new member of the answer: asked hi, validated ValidationError
new member of the usage: asked hi, validated ValidationError
new finish reason: asked hi, validated hi'
seen=$(timeout 60 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
