"""Every read operation of OpenRouter's SDK for Python that this gateway serves; its models check each answer.

read_everything.py BASE_URL KEY MANAGEMENT_KEY GENERATION_ID: prints one line for each operation, `name ok` or what went wrong.
"""

import sys
import time
import warnings
from datetime import UTC, datetime

from openrouter import OpenRouter, errors

warnings.simplefilter("ignore")
today = datetime.now(UTC).date().isoformat()
base, key, management_key, generation = sys.argv[1:5]
client = OpenRouter(api_key=key, server_url=base)
manager = OpenRouter(api_key=management_key, server_url=base)


def models_with_endpoints():
    listed = client.models.list(output_modalities="all").result.data
    for model in listed[:: max(1, len(listed) // 25)]:
        author, slug = model.id.split("/", 1)
        answer = client.endpoints.list(author=author, slug=slug)
        # A router chooses among the endpoints of others.
        assert answer.data.endpoints or model.id.startswith("openrouter/"), model.id
        for endpoint in answer.data.endpoints:
            assert isinstance(endpoint.native_tools, dict)
            assert endpoint.context_length <= model.context_length, model.id


def keys():
    made = manager.api_keys.create(name="from Python", limit=5, limit_reset="daily")
    assert manager.api_keys.get(hash=made.data.hash).data.last_used_at is None
    used = OpenRouter(api_key=made.key, server_url=base).api_keys.get_current_key_metadata()
    assert [budget.limit_usd for budget in used.data.budgets] == [5]
    assert used.data.effective_budget.scope == "key_limit"
    assert used.data.effective_budget.resets_at is not None
    listed = {one.hash: one for one in manager.api_keys.list().data}
    assert listed[made.data.hash].last_used_at is not None
    changed = manager.api_keys.update(hash=made.data.hash, disabled=True)
    assert changed.data.disabled
    manager.api_keys.delete(hash=made.data.hash)


def current_key():
    data = client.api_keys.get_current_key_metadata().data
    assert data.budgets == [] and data.effective_budget is None
    free = data.free_model_daily_requests
    assert free.limit - free.used == free.remaining


def credits():
    data = manager.credits.get_credits().data
    assert data.total_usage > 0 and data.total_credits - data.total_usage >= 0


def workspaces():
    made = manager.workspaces.create(name="From Python", slug="from-python").data
    assert manager.workspaces.get(id="from-python").data == made
    assert manager.workspaces.update(id=made.id, description="changed").data.description == "changed"
    listed = manager.workspaces.list().result
    assert [one.slug for one in listed.data] == ["default", "from-python"] and listed.total_count == 2
    budget = manager.workspaces.set_budget(workspace_ref=made.id, interval="monthly", limit_usd=10).data
    assert manager.workspaces.get_budget(workspace_ref="from-python", interval="monthly").data == budget
    assert manager.workspaces.list_budgets(workspace_ref=made.id).data == [budget]
    manager.workspaces.delete_budget(workspace_ref=made.id, interval="monthly")
    assert manager.workspaces.list_budgets(workspace_ref=made.id).data == []
    assert manager.workspaces.list_members(id=made.id).result.total_count == 1
    assert manager.workspaces.bulk_add_members(id=made.id, user_ids=["owner"]).added_count == 1
    assert manager.workspaces.bulk_remove_members(id=made.id, user_ids=["nobody"]).removed_count == 0
    manager.workspaces.delete(id=made.id)
    assert [one.slug for one in manager.workspaces.list().result.data] == ["default"]


def consent():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    code = manager.o_auth.create_auth_code(
        callback_url="https://app.example/back", code_challenge=challenge, code_challenge_method="S256", limit=3
    ).data
    anybody = OpenRouter(api_key="nobody", server_url=base)
    redeemed = anybody.o_auth.exchange_auth_code_for_api_key(code=code.id, code_verifier=verifier)
    used = OpenRouter(api_key=redeemed.key, server_url=base).api_keys.get_current_key_metadata()
    assert used.data.limit == 3


def pages():
    seen = []
    page = client.models.list(limit=200)
    while page is not None:
        seen += [model.id for model in page.result.data]
        page = page.next()
    assert len(seen) == client.models.count().data.count, len(seen)


def workload_identity():
    assert client.o_auth.list_oauth_jwks().keys == []
    try:
        client.o_auth.create_oauth_token(
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token="a.b.c",
            subject_token_type="urn:ietf:params:oauth:token-type:jwt",
            federation_policy_id="none",
        )
        raise AssertionError("a token was exchanged")
    except errors.OAuthErrorResponse as refused:
        assert refused.data.error == "invalid_grant", refused


def external_users():
    made = manager.external_users.create(user="Ann").data
    assert made.is_active and manager.external_users.get(user="Ann").data == made
    assert manager.external_users.list(user="Ann").result.total_count == 1
    manager.external_users.delete(user="Ann")
    assert manager.external_users.list().result.total_count == 0
    assert manager.external_users.update(user="Ann", is_active=True).data.is_active
    try:
        manager.external_users.create(user="Ann")
        raise AssertionError("it was registered twice")
    except errors.ConflictResponseError:
        pass


def groups():
    assert manager.scim.list_groups().result.data == []
    assert manager.scim.list_mappings().result.total_count == 0
    job = manager.scim.create_sync_job().result.data
    assert manager.scim.get_sync_job(id=job.id).data == job


def contents():
    manager.workspaces.update(id="default", is_observability_io_logging_enabled=True)
    time.sleep(0.2)
    answer = client.chat.send(model="acme/paid", messages=[{"role": "user", "content": "Hello"}])
    for _ in range(100):
        try:
            told = client.generations.list_generation_content(id=answer.id).data
            break
        except errors.NotFoundResponseError:
            time.sleep(0.05)
    assert told.input.messages[0]["content"] == "Hello" and told.output.completion, told
    manager.workspaces.update(id="default", is_observability_io_logging_enabled=False)


def gated():
    for ask in (
        lambda: client.vault.list_vault_secrets(),
        lambda: manager.private_endpoints.get(id="11111111-1111-4111-8111-111111111111"),
    ):
        try:
            ask()
            raise AssertionError("it was answered")
        except errors.NotFoundResponseError:
            pass
    try:
        manager.private_endpoints.list()
        raise AssertionError("it was answered")
    except errors.ForbiddenResponseError:
        pass


OPERATIONS = {
    "models": lambda: client.models.list(),
    "models of every kind": lambda: client.models.list(output_modalities="all"),
    "models in pages": pages,
    "one model": lambda: client.models.get(author="openai", slug="gpt-4.1-mini"),
    "models of the user": lambda: client.models.list_for_user(security={"bearer": key}),
    "endpoints": models_with_endpoints,
    "endpoints with zero retention": lambda: client.endpoints.list_zdr_endpoints(),
    "embedding models": lambda: client.embeddings.list_models(),
    "providers": lambda: client.providers.list(),
    "key": current_key,
    "keys": keys,
    "credits": credits,
    "workspaces": workspaces,
    "members": lambda: manager.organization.list_members(),
    "keys by consent": consent,
    "generation": lambda: client.generations.get_generation(id=generation),
    "activity": lambda: manager.analytics.get_user_activity(),
    "rankings by day": lambda: client.datasets.get_rankings_daily(end_date=today, period="week").data[0],
    "apps": lambda: client.datasets.get_app_rankings(end_date=today, sort="trending"),
    "costs of sessions": lambda: client.datasets.get_session_cost(),
    "benchmarks": lambda: client.benchmarks.get_benchmarks(task_type="coding").data[0],
    "kinds of tasks": lambda: client.classifications.get_task_classifications(),
    "workload identity": workload_identity,
    "analytics": lambda: manager.analytics.query_analytics(metrics=["request_count"], dimensions=["model"]).data.data[0],
    "what analytics can be asked": lambda: manager.analytics.get_analytics_meta().data.metrics[0],
    "external users": external_users,
    "groups of a directory": groups,
    "settings": lambda: manager.organization.update_settings(is_filtered_model_catalog_enabled=False).data.id,
    "opinions": lambda: client.generations.submit_feedback(generation_id=generation, category="other"),
    "contents": contents,
    "what is gated": gated,
}

for name, operation in OPERATIONS.items():
    try:
        operation()
        print(name, "ok")
    except Exception as error:  # every operation is told, whatever became of the others
        print(name, "FAILED:", type(error).__name__, str(error)[:1500])
