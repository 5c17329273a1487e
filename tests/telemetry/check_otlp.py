"""Reads OTLP's JSON from standard input, strictly, by the published protobufs; prints how many spans it holds."""
import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

request = json.load(sys.stdin)
# OTLP's JSON writes ids in hexadecimal, where the JSON of protobufs has base64.
for resource in request["resourceSpans"]:
    for scope in resource["scopeSpans"]:
        for span in scope["spans"]:
            for name, size in (("traceId", 16), ("spanId", 8), ("parentSpanId", 8)):
                if name in span:
                    value = bytes.fromhex(span[name])
                    assert len(value) == size and any(value), (name, span[name])
                    span[name] = base64.b64encode(value).decode()
            assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
message = json_format.ParseDict(request, ExportTraceServiceRequest(), ignore_unknown_fields=False)
print(sum(len(scope.spans) for resource in message.resource_spans for scope in resource.scope_spans))
