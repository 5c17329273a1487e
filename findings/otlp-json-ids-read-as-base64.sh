#!/usr/bin/env bash
# A span in OTLP's JSON is read by protobuf's own JSON reader without an error, and its ids are other ids.
#
# opentelemetry-proto 1.45.2 with protobuf 6.33.6 (PyPI), seen 2026-11-29. OTLP writes trace and span ids in hexadecimal,
# protobuf's JSON mapping has base64 for bytes. Hexadecimal digits are letters of base64, so a trace id of 32 digits becomes
# 24 bytes instead of 16 and a span id of 16 digits 12 instead of 8, and nothing complains, not even a strict reading. Written back,
# the ids look as they were sent: a collector's test that reads and writes with the same library sees nothing.
#
# Whoever checks OTLP's JSON by its protobufs must bring the ids into base64 first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --no-compile opentelemetry-proto==1.45.2 protobuf==6.33.6
cat >see.py <<'END'
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

span = {
    "traceId": "5b8efff798038103d269b633813fc60c",
    "spanId": "eee19b7ec3c1b174",
    "name": "a call",
    "startTimeUnixNano": "1544712660000000000",
    "endTimeUnixNano": "1544712661000000000",
}
body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
read = json_format.ParseDict(body, ExportTraceServiceRequest(), ignore_unknown_fields=False)
got = read.resource_spans[0].scope_spans[0].spans[0]
again = json_format.MessageToDict(read)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
print("bytes of the trace id:", len(got.trace_id), "of the span id:", len(got.span_id))
print("is the trace id what was sent:", got.trace_id == bytes.fromhex(span["traceId"]))
print("does it look so, written back:", again["traceId"] == span["traceId"] and again["spanId"] == span["spanId"])
END
expected='bytes of the trace id: 24 of the span id: 12
is the trace id what was sent: False
does it look so, written back: True'
seen=$(venv/bin/python see.py)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
