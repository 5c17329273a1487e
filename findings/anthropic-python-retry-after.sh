#!/usr/bin/env bash
# Anthropic's SDK for Python waits as long as Retry-After says; OpenAI's, of the same build, raises the error instead.
#
# anthropic 2.14.0 and openai 3.57.0 for Python, seen 2026-11-29 with time.sleep replaced. For a 429 with `Retry-After: 3600`
# openai raises RateLimitError at once (its bound lies between two minutes and an hour), anthropic calls time.sleep(3600)
# inside `messages.create`, whatever `timeout` the client has.
#
# A gateway that hands a provider's Retry-After on (a daily quota resets at midnight) keeps such programs waiting that long:
# cap it at what is worth waiting for, and say the rest in words.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check anthropic==2.14.0 openai==3.57.0
cat >see.py <<'END'
import http.server, threading, time
import anthropic, openai


class Stand(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"type":"error","error":{"type":"rate_limit_error","message":"later"}}'
        self.send_response(429)
        self.send_header("retry-after", Stand.after)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stand)
threading.Thread(target=server.serve_forever, daemon=True).start()
url, talk = f"http://127.0.0.1:{server.server_port}", [{"role": "user", "content": "x"}]
a = anthropic.Anthropic(api_key="k", base_url=url, max_retries=1, timeout=10)
o = openai.OpenAI(api_key="k", base_url=url + "/v1", max_retries=1, timeout=10)
calls = {
    "anthropic": lambda: a.messages.create(model="m", max_tokens=5, messages=talk),
    "openai": lambda: o.chat.completions.create(model="m", messages=talk),
}
here, sleep, slept = threading.current_thread(), time.sleep, []
time.sleep = lambda seconds: slept.append(round(seconds)) if threading.current_thread() is here else sleep(seconds)
for Stand.after in ("5", "120", "3600"):
    for name, call in calls.items():
        slept.clear()
        try:
            call()
        except Exception as error:
            print(f"Retry-After {Stand.after}: {name} slept {slept}, {type(error).__name__}")
END
expected='Retry-After 5: anthropic slept [5], RateLimitError
Retry-After 5: openai slept [5], RateLimitError
Retry-After 120: anthropic slept [120], RateLimitError
Retry-After 120: openai slept [120], RateLimitError
Retry-After 3600: anthropic slept [3600], RateLimitError
Retry-After 3600: openai slept [], RateLimitError'
seen=$(timeout 60 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
