"""Draws and edits pictures with the SDKs for Python. Arguments: which SDK, base URL, API key. Prints one line for each."""
import base64
import sys

which, base, key = sys.argv[1:4]


def png(data):
    assert base64.b64decode(data)[:8] == b"\x89PNG\r\n\x1a\n", data[:20]
    return data


def with_openai():
    from openai import BadRequestError, OpenAI

    client = OpenAI(base_url=base, api_key=key, max_retries=0)
    whole = client.images.generate(model="sandbox/image", prompt="A fox", n=2, size="256x256")
    assert len({png(image.b64_json) for image in whole.data}) == 2
    assert whole.usage.output_tokens > 0
    print("generate ok")
    events = list(client.images.generate(model="sandbox/image", prompt="A fox", stream=True, partial_images=2))
    assert [event.type.split(".")[1] for event in events] == ["partial_image", "partial_image", "completed"], events
    print("stream ok")
    file = ("fox.png", base64.b64decode(whole.data[0].b64_json), "image/png")
    edited = client.images.edit(model="sandbox/image", image=[file, file], prompt="Add a hat")
    png(edited.data[0].b64_json)
    assert edited.usage.input_tokens_details.image_tokens == 200, edited.usage
    print("edit ok")
    try:
        client.images.edit(model="sandbox/image", image=("fox.png", b"no picture"), prompt="Add a hat")
    except BadRequestError as error:
        assert error.type == "invalid_image", error
        print("refusal ok")


def with_openrouter():
    from openrouter import OpenRouter

    with OpenRouter(server_url=base, api_key=key) as client:
        whole = client.images.generate(model="sandbox/image", prompt="A fox", resolution="512")
        png(whole.data[0].b64_json)
        assert whole.usage.completion_tokens > 0
        print("generate ok")
        with client.images.generate(model="sandbox/image", prompt="A fox", stream=True) as stream:
            types = [event.type for event in stream]
        assert types[-1] == "image_generation.completed" and len(types) == 3, types
        print("stream ok")
        listed = client.images.list_models()
        assert any(model.id == "openai/gpt-image-2" for model in listed.data)
        print("models ok")
        one = client.images.list_model_endpoints(author="openai", slug="gpt-image-2")
        assert one.endpoints[0].pricing, one
        print("endpoints ok")


{"openai": with_openai, "openrouter": with_openrouter}[which]()
