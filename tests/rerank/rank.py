"""Ranks two documents with each SDK; prints a line for each that got the right answer."""
import sys

import cohere
from openrouter import OpenRouter

base, key, model = sys.argv[1:]
documents = ["a", "bcd"]

with OpenRouter(server_url=base, api_key=key) as client:
    answer = client.rerank.rerank(model=model, query="long", documents=documents, top_n=1)
    assert [(result.index, result.document.text) for result in answer.results] == [(1, "bcd")], answer
    assert answer.usage.search_units == 3, answer
    print("openrouter ok")

client = cohere.ClientV2(api_key=key, base_url=base.removesuffix("/api/v1"))
answer = client.rerank(model=model, query="long", documents=documents)
assert [(result.index, result.relevance_score) for result in answer.results] == [(1, 0.003), (0, 0.001)], answer
assert answer.meta.billed_units.search_units == 3, answer
print("cohere ok")
try:
    client.rerank(model="my/none", query="long", documents=documents)
except Exception as error:
    assert "is not a valid model ID" in str(error), error
    print("cohere error ok")
