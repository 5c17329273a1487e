#!/usr/bin/env bash
# LiteLLM tells documented reasons for a cut or spoilt answer as "stop".
#
# litellm 1.108.7, seen 2026-11-29. Whole answers of the providers, by their own words for the end:
#   Anthropic model_context_window_exceeded (the answer did not fit)  -> "stop"
#   Gemini MALFORMED_FUNCTION_CALL (the call could not be read)       -> "stop"
#   Anthropic max_tokens, Gemini MAX_TOKENS                           -> "length", as they should be
# Agents take "stop" for the end of their work.
#
# A gateway should map every word that a provider documents, and an unknown one to an error or a mark, never to "stop".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check litellm==1.108.7
cat >see.py <<'END'
import http.server, json, logging, os, threading

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

litellm.suppress_debug_info = True
logging.disable(logging.CRITICAL)


def claude(reason):
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "half"}], "stop_reason": reason, "stop_sequence": None, "usage": {"input_tokens": 7, "output_tokens": 1}}


def gemini(reason):
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": "half"}]}, "finishReason": reason, "index": 0}], "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 1, "totalTokenCount": 8}}


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
url = f"http://127.0.0.1:{server.server_port}"
for model, answer, reasons in (("anthropic/m", claude, ("max_tokens", "model_context_window_exceeded")), ("gemini/m", gemini, ("MAX_TOKENS", "MALFORMED_FUNCTION_CALL"))):
    for reason in reasons:
        Stand.answer = answer(reason)
        reply = litellm.completion(model=model, messages=[{"role": "user", "content": "x"}], api_key="k", api_base=url, max_tokens=10, num_retries=0)
        print(f"{model} {reason}: {reply.choices[0].finish_reason}")
END
expected='anthropic/m max_tokens: length
anthropic/m model_context_window_exceeded: stop
gemini/m MAX_TOKENS: length
gemini/m MALFORMED_FUNCTION_CALL: stop'
seen=$(timeout 100 venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
