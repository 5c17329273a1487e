"""Asks models by stream through every Python client and tells what each made of each answer, a JSON line each."""
import asyncio
import json
import sys

BASE, KEY, *MODELS = sys.argv[1:]
HELLO = [{"role": "user", "content": "Hello"}]


def with_openai(model):
    import openai

    text = ""
    client = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=0)
    for chunk in client.chat.completions.create(model=model, stream=True, messages=HELLO):
        text += (chunk.choices and chunk.choices[0].delta.content) or ""
    return {"text": text}


def with_openrouter(model):
    import openrouter

    text = ""
    with openrouter.OpenRouter(server_url=BASE, api_key=KEY) as client:
        with client.chat.send(model=model, stream=True, messages=HELLO) as stream:
            for chunk in stream:
                if getattr(chunk, "error", None):
                    raise RuntimeError(chunk.error.message)
                text += (chunk.choices and chunk.choices[0].delta.content) or ""
    return {"text": text}


def with_langchain_openai(model):
    from langchain_openai import ChatOpenAI

    chat = ChatOpenAI(model=model, api_key=KEY, base_url=BASE, max_retries=0)
    return {"text": "".join(chunk.text for chunk in chat.stream("Hello"))}


def with_langchain_openrouter(model):
    from langchain_openrouter import ChatOpenRouter

    chat = ChatOpenRouter(model=model, api_key=KEY, base_url=BASE, max_retries=0)
    return {"text": "".join(chunk.text for chunk in chat.stream("Hello"))}


def with_pydantic_ai(model):
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    agent = Agent(OpenAIChatModel(model, provider=OpenAIProvider(base_url=BASE, api_key=KEY)))

    async def ask():
        text = ""
        async with agent.run_stream("Hello") as run:
            async for piece in run.stream_text(delta=True):
                text += piece
            usage = run.usage() if callable(run.usage) else run.usage
        return {"text": text, "tokens": [usage.input_tokens, usage.output_tokens]}

    return asyncio.run(ask())


CLIENTS = {
    "openai": with_openai,
    "openrouter": with_openrouter,
    "langchain-openai": with_langchain_openai,
    "langchain-openrouter": with_langchain_openrouter,
    "pydantic-ai": with_pydantic_ai,
}
for model in MODELS:
    for name, ask in CLIENTS.items():
        try:
            told = ask(model)
        except Exception as error:  # whatever it is, the program hears of it
            told = {"error": type(error).__name__ + ": " + str(error)}
        print(json.dumps({"model": model, "client": name, **told}), flush=True)
