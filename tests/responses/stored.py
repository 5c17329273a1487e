"""Stored responses through OpenAI's library for Python."""

import sys

from openai import BadRequestError, NotFoundError, OpenAI

base, key, model = sys.argv[1:4]
client = OpenAI(base_url=base, api_key=key, max_retries=0)

first = client.responses.create(model=model, input="One")
second = client.responses.create(model=model, input="Two", previous_response_id=first.id)
assert second.output_text == "3 messages", second
assert second.previous_response_id == first.id and second.store is True
with client.responses.stream(model=model, input="Three", previous_response_id=second.id) as stream:
    third = stream.get_final_response()
assert third.output_text == "5 messages", third
assert client.responses.retrieve(third.id).output_text == "5 messages"
items = list(client.responses.input_items.list(third.id, order="asc", limit=2))
assert [item.type for item in items] == ["message"] * 5, items
client.responses.delete(first.id)
try:
    client.responses.retrieve(first.id)
    raise AssertionError("it is still there")
except NotFoundError:
    pass
try:
    client.responses.create(model=model, input="Four", previous_response_id=third.id)
    raise AssertionError("it went on from what is gone")
except BadRequestError as error:
    assert error.code == "previous_response_not_found", error
print("ok")
