"""The newest clients ask typed questions: prints what they read, one JSON line each."""

import json
import sys

base, key = sys.argv[1:3]

from openai import OpenAI
from openrouter import OpenRouter

openai = OpenAI(base_url=base, api_key=key)
decision = openai.decisions.create(
    model="sandbox/decide",
    input="the invoice was charged twice",
    questions=[
        {"type": "predicate", "name": "charged", "instructions": "charged twice"},
        {"type": "choice", "instructions": "who", "choices": [{"value": "invoice"}, {"value": True}]},
        {"type": "score", "instructions": "how", "levels": [{"label": "calm"}, {"label": "charged"}]},
    ],
)
print(json.dumps({"answers": [answer.model_dump() for answer in decision.answers], "total": decision.usage.total_tokens}))

judged = openai.moderations.create(model="sandbox/moderate", input=["some violence", "a flower"])
print(json.dumps([result.flagged for result in judged.results]))

with OpenRouter(api_key=key, server_url=base) as router:
    answered = router.system_one.create(
        model="sandbox/decide",
        state={"message": "the invoice was charged twice"},
        questions={"charged": {"type": "noul", "instructions": "charged twice"}},
    )
    print(json.dumps({"noul": answered.answers["charged"].noul, "cost": answered.usage.cost}))
