"""Cohere's own library for Python, its second API: a base URL and a key are all it is given."""

import json
import sys

import cohere

base, key = sys.argv[1:3]
client = cohere.ClientV2(base_url=base, api_key=key)
messages = [{"role": "user", "content": "One two three"}]

whole = client.chat(model="sandbox/echo", messages=messages)
assert whole.message.content[0].text == "One two three", whole
assert whole.finish_reason == "COMPLETE" and whole.usage.tokens.output_tokens == 3, whole

text, usage = "", None
for event in client.chat_stream(model="sandbox/echo", messages=messages):
    if event.type == "content-delta":
        text += event.delta.message.content.text
    if event.type == "message-end":
        usage = event.delta.usage
assert text == "One two three" and usage.tokens.output_tokens == 3, (text, usage)

tool = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
asked = [{"role": "user", "content": "What is the weather in Paris?"}]
first = client.chat(model="sandbox/tools", messages=asked, tools=[tool])
call = first.message.tool_calls[0]
assert json.loads(call.function.arguments) == {"city": "Paris"}, call
asked += [first.message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
second = client.chat(model="sandbox/tools", messages=asked, tools=[tool])
assert "sunny" in second.message.content[0].text, second
arguments = ""
for event in client.chat_stream(model="sandbox/tools", messages=asked[:1], tools=[tool]):
    if event.type == "tool-call-delta":
        arguments += event.delta.message.tool_calls.function.arguments
assert json.loads(arguments) == {"city": "Paris"}, arguments

told = client.embed(model="sandbox/embed", texts=["one", "two"], input_type="search_query", embedding_types=["float"])
assert len(told.embeddings.float_) == 2, told

try:
    client.chat(model="no/such", messages=messages)
    raise AssertionError("it was not refused")
except cohere.BadRequestError as error:
    assert "no/such" in error.body["message"], error.body
print("ok")
