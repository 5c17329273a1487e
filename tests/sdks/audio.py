"""Speech and transcripts through the official libraries for Python: their base URL and a key are all they are given."""

import asyncio
import base64
import io
import sys

base, key = sys.argv[1:3]


def with_openai() -> None:
    from openai import AsyncOpenAI, OpenAI

    client = OpenAI(base_url=base, api_key=key, max_retries=0)
    with client.audio.speech.with_streaming_response.create(
        model="sandbox/speech", voice="calm", input="Grüße vom Fluß", response_format="wav"
    ) as response:
        assert response.headers["x-generation-id"].startswith("gen-")
        assert response.headers["content-type"] == "audio/wav"
        spoken = b"".join(response.iter_bytes())
    assert spoken[:4] == b"RIFF"
    file = ("speech.wav", io.BytesIO(spoken), "audio/wav")
    told = client.audio.transcriptions.create(
        model="sandbox/transcribe",
        file=file,
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert told.text == "Grüße vom Fluß" and len(told.words) == 3 and len(told.segments) == 1, told
    srt = client.audio.transcriptions.create(model="sandbox/transcribe", file=file, response_format="srt")
    assert srt.startswith("1\n00:00:00,000 --> "), srt
    events = list(client.audio.transcriptions.create(model="sandbox/transcribe", file=file, stream=True))
    assert events[-1].type == "transcript.text.done" and events[-1].text == "Grüße vom Fluß", events

    async def at_once() -> None:
        asked = AsyncOpenAI(base_url=base, api_key=key, max_retries=0)
        answers = await asyncio.gather(
            *(
                asked.audio.speech.create(model="sandbox/speech", voice="bright", input=f"Nr. {at}", response_format="pcm")
                for at in range(8)
            )
        )
        assert all(len(answer.content) > 0 for answer in answers)

    asyncio.run(at_once())
    print("openai ok")


def with_openrouter() -> None:
    from openrouter import OpenRouter

    with OpenRouter(server_url=base, api_key=key) as client:
        answer = client.tts.create_speech(model="sandbox/speech", input="The river runs", response_format="pcm")
        spoken = answer.read() if hasattr(answer, "read") else b"".join(answer)
        assert len(spoken) > 40_000, len(spoken)
        wave = wave_of(spoken)
        told = client.stt.create_transcription(
            model="sandbox/transcribe",
            input_audio={"data": base64.b64encode(wave).decode(), "format": "wav"},
            response_format="verbose_json",
        )
        assert told.text.startswith("A recording of 0.9 seconds"), told.text
        assert told.usage.cost == 0 and told.duration > 0.9
    print("openrouter ok")


def wave_of(samples: bytes) -> bytes:
    import wave

    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(24_000)
        writer.writeframes(samples)
    return file.getvalue()


with_openai() if sys.argv[3] == "openai" else with_openrouter()
