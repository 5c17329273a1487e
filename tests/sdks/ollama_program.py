"""Ollama's client for Python against a running gateway, which the environment names: OLLAMA_HOST, OLLAMA_API_KEY."""

import base64
import json
import os

import ollama

held = 0


def hold(condition, *told):
    global held
    assert condition, told
    held += 1


def model(card):
    return f"over-anthropic-messages/{card}"


def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
      city: The city's name
    """
    return f"sunny in {city}"


whole = ollama.chat(model("echo"), messages=[{"role": "user", "content": "Hello there"}])
hold(whole.message.content == "Hello there" and whole.done_reason == "stop" and whole.eval_count > 0, whole)

parts = list(ollama.chat(model("echo"), messages=[{"role": "user", "content": "One two three"}], stream=True))
hold("".join(part.message.content for part in parts) == "One two three" and parts[-1].done, parts)

answer = ollama.generate(model("echo"), "Hello there", options=ollama.Options(temperature=0.5, num_ctx=4096))
hold(answer.response == "Hello there", answer)

history = [{"role": "user", "content": "What is the weather in Paris?"}]
first = ollama.chat(model("tools"), messages=history, tools=[get_weather])
calls = first.message.tool_calls or []
history.append(first.message)
for call in calls:
    history.append({"role": "tool", "tool_name": call.function.name, "content": get_weather(**call.function.arguments)})
second = ollama.chat(model("tools"), messages=history, tools=[get_weather])
hold(len(calls) == 1 and "sunny in Paris" in second.message.content, first, second)

thought = ollama.chat(model("reasoner"), messages=[{"role": "user", "content": "What is 6 * 7?"}], think="high")
hold("First I read the question" in thought.message.thinking, thought)

picture = {"role": "user", "content": "What is in this image?", "images": [base64.b64decode(os.environ["RED_PNG"])]}
seen = ollama.chat(model("vision"), messages=[picture])
hold("mostly red" in seen.message.content, seen)

schema = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
schema["required"] = ["name", "age"]
person = ollama.chat(model("json"), messages=[{"role": "user", "content": "Describe a person."}], format=schema)
hold(json.loads(person.message.content)["name"] == "Ada", person)

listed = ollama.list().models
shown = ollama.show(model("vision"))
hold(f"{model('vision')}:latest" in [one.model for one in listed] and "vision" in shown.capabilities, shown)

refusals = []
for stream in (False, True):
    try:
        answer = ollama.chat("nobody/nothing", messages=[{"role": "user", "content": "Hi"}], stream=stream)
        list(answer)
    except ollama.ResponseError as error:
        refusals.append((error.status_code, error.error))
hold([status for status, _ in refusals] == [404, 404] and "nobody/nothing" in refusals[0][1], refusals)

print(f"all {held} parts held")
