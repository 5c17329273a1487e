import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("SWITCHWRIGHT_BASE_URL", "http://127.0.0.1:8787") + "/api/v1",
    api_key=os.environ["SWITCHWRIGHT_API_KEY"],
)

completion = client.chat.completions.create(
    model=os.environ.get("MODEL", "openai/gpt-4.1-mini"),
    messages=[{"role": "user", "content": "Say hello in one word."}],
    extra_headers={"HTTP-Referer": "https://example.com", "X-Title": "Example"},
    extra_body={"provider": {"sort": "price"}},
)
print(completion.choices[0].message.content)
