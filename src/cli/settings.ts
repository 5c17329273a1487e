import { DEADLINES } from '../base/limits.ts';
import { ENGINES } from '../web/engines/index.ts';
import { CODE_SETTINGS } from './code-settings.ts';
import { FEDERATION_SETTINGS } from './federation-reference.ts';
import type { Setting } from './setting.ts';

export type { Setting };

/** With the second that their last words may take, less than the 10 seconds after which Docker kills. */
export const DRAIN_MS = 8_000;

/** The largest whole answer fits (`LIMITS.reply_bytes_max`, three times), and with all of it taken the process stays below 600 MB. */
export const MEMORY_MB = 200;
/** How long contents of calls are kept that a workspace logs. */
export const CONTENT_DAYS = 30;
/** What a workspace may have stored of responses. */
export const RESPONSES_MB = 1024;

/** One body of the largest size must fit. */
export const MEMORY_MB_MIN = 128;

/** What a workspace may keep in files, in MB. */
export const FILES_MB = 1_024;
/** Calls for batches at once. */
export const BATCH_CALLS = 4;

export const SETTINGS: readonly Setting[] = [
  { name: 'HOST', default: '127.0.0.1', meaning: 'The address to listen on.' },
  { name: 'PORT', default: '8787', meaning: 'The port to listen on; 0 takes a free one.' },
  {
    name: 'SWITCHWRIGHT_DATA_DIR',
    default: './.switchwright',
    meaning: 'The folder that holds everything the gateway stores.',
  },
  {
    name: 'SWITCHWRIGHT_PUBLIC_URL',
    default: '',
    meaning:
      'By which address clients come where a proxy stands in front, such as `https://gateway.example.com`: links, samples and cookies (`Secure` for https) follow it, whatever the proxy says.',
  },
  {
    name: 'SWITCHWRIGHT_TRUSTED_PROXIES',
    default: '',
    meaning:
      'Proxies whose `X-Forwarded-For` is believed, as addresses or blocks like `10.0.0.0/8`, comma-separated: who guesses is told apart by the address behind them, sessions and the audit log tell it, and guardrails of addresses go by it.',
  },
  {
    name: 'SWITCHWRIGHT_SMTP_URL',
    default: '',
    meaning:
      'The server by which mails are sent, for invitations, forgotten passwords and alerts: `smtps://user:password@mail.example.com` (TLS, port 465) or `smtp://…` (STARTTLS, port 587; nothing is sent without it, unless the server is on this machine or `?tls=off` says so). Needs `SWITCHWRIGHT_PUBLIC_URL`. Without it links are shown to whoever makes them.',
  },
  {
    name: 'SWITCHWRIGHT_MAIL_FROM',
    default: '',
    meaning: 'In whose name mails are sent, such as `Switchwright <gateway@example.com>`.',
  },
  ...FEDERATION_SETTINGS,
  { name: 'DATABASE_URL', default: '', meaning: '`postgres://…` moves the store to PostgreSQL, for many machines.' },
  {
    name: 'SWITCHWRIGHT_WORKERS',
    default: '1',
    meaning:
      'How many processes serve; `auto` is one for each core that the process may use (the container’s default). With more than one, another process owns the store.',
  },
  {
    name: 'SWITCHWRIGHT_API_KEY',
    default: '',
    meaning:
      'Seeds the first API key with this value (`sk-…`), without a spending limit: at least 19 characters that nobody can guess.',
  },
  {
    name: 'SWITCHWRIGHT_MANAGEMENT_KEY',
    default: '',
    meaning: 'Seeds a management key with this value (`sk-…`), as strong as the other.',
  },
  {
    name: 'SWITCHWRIGHT_SECRET',
    default: '',
    meaning:
      'The master secret that provider keys kept by the gateway are sealed by: at least 32 characters that nobody can guess, the same for all machines of one PostgreSQL. Without it the first start makes one, in the file `secret` of the data folder; keep a copy of it with your backups.',
  },
  {
    name: 'SWITCHWRIGHT_SECRET_OLD',
    default: '',
    meaning:
      'Earlier master secrets, separated by commas: they open what they have sealed. To change the secret of several machines without a pause, put the new one here everywhere, then swap the two everywhere, then run `switchwright rotate-secrets`, then take the old one away.',
  },
  {
    name: 'SWITCHWRIGHT_BYOK_FEE_PERCENT',
    default: '0',
    meaning:
      'What a call that goes with the account’s own key at a provider (`/byok`, `X-Provider-API-Keys`) is charged, in percent of the price that the catalogue has for it.',
  },
  {
    name: 'SWITCHWRIGHT_STRIPE_KEY',
    default: '',
    meaning:
      'Turns on the sale of credits by Stripe (docs/credits.md): the secret key, or a restricted one that may write Checkout Sessions, Customers and PaymentIntents.',
  },
  {
    name: 'SWITCHWRIGHT_STRIPE_WEBHOOK_SECRET',
    default: '',
    meaning: 'The signing secret (`whsec_…`) of the endpoint at Stripe whose address is `/api/v1/webhooks/stripe`.',
  },
  {
    name: 'SWITCHWRIGHT_STRIPE_URL',
    default: '',
    meaning: 'Where Stripe is reached instead of `https://api.stripe.com`: a proxy, or a stand-in for tests.',
  },
  {
    name: 'SWITCHWRIGHT_PURCHASE_FEE_PERCENT',
    default: '0',
    meaning: 'What a card is charged on top of the credits that are bought, in percent of them.',
  },
  {
    name: 'SWITCHWRIGHT_CATALOG',
    default: '',
    meaning:
      'A folder of `providers/*.toml` and `models/**/*.toml` merged over the shipped catalogue, and of `policies/*.toml` (docs/policies.md).',
  },
  {
    name: 'SWITCHWRIGHT_EGRESS_ALLOW',
    default: '',
    meaning: 'Private addresses that callers may name in image and file URLs: `host:port` or CIDR, comma-separated.',
  },
  {
    name: 'SWITCHWRIGHT_DEADLINE_SCALE',
    default: '1',
    meaning:
      'Multiplies the four deadlines of an upstream attempt, and those by which a client’s request must arrive; above 1, for slow machines, also how long local servers are waited for at the start, and last words at a stop.',
  },
  {
    name: 'SWITCHWRIGHT_DRAIN_MS',
    default: String(DRAIN_MS),
    meaning:
      'How long calls in flight get to end after SIGTERM. What is not over then is broken off with an error, and charged as far as it was delivered; a second later the process ends.',
  },
  {
    name: 'SWITCHWRIGHT_KEEP_ALIVE_MS',
    default: String(DEADLINES.keep_alive_ms),
    meaning:
      'How long a stream may be silent before its client is sent a comment, a ping or a blank line, so that no proxy between them gives it up; `0` sends none.',
  },
  {
    name: 'SWITCHWRIGHT_LOCAL_SERVERS',
    default: '1',
    meaning: '`0` stops asking Ollama, LM Studio, vLLM and llama.cpp on their default ports at start.',
  },
  {
    name: 'SWITCHWRIGHT_OCR_MODEL',
    default: '',
    meaning:
      'The model that reads the pages of PDFs which have no text, for models that read none (the plugin `file-parser`, its engine `mistral-ocr`): one of the catalogue that takes files, such as `google/gemini-2.5-flash`. What it takes is on the bill of the call. Without it such a PDF is refused in words.',
  },
  ...CODE_SETTINGS,
  ...ENGINES.map(({ name, keyVariable, baseUrlVariable, baseUrl }) => ({
    name: keyVariable ?? baseUrlVariable,
    default: '',
    meaning: `Turns on web search by ${name}, for the tool \`openrouter:web_search\` and the plugin \`web\`${
      keyVariable === null ? ': the address of yours, whose JSON format is on' : ''
    }.${baseUrl === null ? '' : ` \`${baseUrlVariable}\` moves it from \`${baseUrl}\`.`}`,
  })),
  {
    name: 'SWITCHWRIGHT_MEMORY_MB',
    default: String(MEMORY_MB),
    meaning: `How much memory, in MB, callers may make each process hold: bodies in flight, what is fetched for them, answers not yet read. A call beyond it waits, then is told 503 with \`Retry-After\`; one key has half of it at most. At least ${MEMORY_MB_MIN}. The process itself takes about 150 MB more.`,
  },
  {
    name: 'SWITCHWRIGHT_RESPONSES_DAYS',
    default: '0',
    meaning:
      'So many days responses of the Responses API are stored that do not say `store: false`, for `previous_response_id` and `GET /responses/{id}`, as OpenAI does it: what was asked and answered, in the store. `0` stores none, as OpenRouter does, and refuses what would need it.',
  },
  {
    name: 'SWITCHWRIGHT_RESPONSES_MB',
    default: String(RESPONSES_MB),
    meaning:
      'How much of stored responses each workspace may have, in MB; of more the oldest are deleted. `switchwright responses` shows and deletes them.',
  },
  {
    name: 'SWITCHWRIGHT_CONTENT_DAYS',
    default: String(CONTENT_DAYS),
    meaning:
      'So many days prompts and answers are kept of workspaces that log them (`is_observability_io_logging_enabled`; none does unless it is turned on). They are sealed by the master secret; `switchwright contents` shows how much there is, and deletes it.',
  },
  {
    name: 'SWITCHWRIGHT_FILES_MB',
    default: String(FILES_MB),
    meaning:
      'How much each workspace may keep in uploaded files and results of batches, in MB; `0` turns files off. They lie in the data folder, in `files/`, for the gateway’s user alone.',
  },
  {
    name: 'SWITCHWRIGHT_FILES_BUCKET',
    default: '',
    meaning:
      'Keeps files in a bucket that speaks S3 instead: its address with its name and, if wanted, a prefix, such as `https://s3.eu-west-1.amazonaws.com/our-bucket/switchwright`. Needed where several machines share a store. `SWITCHWRIGHT_FILES_ACCESS_KEY_ID` and `SWITCHWRIGHT_FILES_SECRET_ACCESS_KEY` sign the requests; `SWITCHWRIGHT_FILES_REGION` is `us-east-1` unless said otherwise.',
  },
  { name: 'SWITCHWRIGHT_FILES_ACCESS_KEY_ID', default: '', meaning: 'The bucket’s access key.' },
  { name: 'SWITCHWRIGHT_FILES_SECRET_ACCESS_KEY', default: '', meaning: 'The secret that belongs to it.' },
  { name: 'SWITCHWRIGHT_FILES_REGION', default: 'us-east-1', meaning: 'The bucket’s region.' },
  {
    name: 'SWITCHWRIGHT_BATCH_CALLS',
    default: String(BATCH_CALLS),
    meaning:
      'The pace of batches: how many of their lines each process asks for at once, beside all other calls; `0` turns batches off.',
  },
  {
    name: 'SWITCHWRIGHT_BOARDS',
    default: 'public',
    meaning:
      '`private` shows rankings, apps and the use of models only to callers with a key or a console session; `closed` shows them alone every page but the ways to sign in. Lists of models stay public in the API.',
  },
  {
    name: 'SWITCHWRIGHT_METRICS',
    default: 'management',
    meaning:
      'Who may read `/metrics`, in the format of Prometheus: `management` asks for a management key, `public` for nothing, `off` answers nobody.',
  },
  {
    name: 'SWITCHWRIGHT_REQUEST_LOG',
    default: 'off',
    meaning:
      '`json` writes a line of JSON to standard output for every call and every refusal: who, what, how long, how much; nothing of what was said.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    default: '',
    meaning:
      'Sends a trace of every call there, by OTLP over HTTP in JSON, to `/v1/traces` of it: durably, at least once, never on the way of a call, and with nothing of what was said. `OTEL_EXPORTER_OTLP_HEADERS`, `…_COMPRESSION=gzip`, `…_TRACES_ENDPOINT` and `…_TRACES_HEADERS`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER=traceidratio` with `OTEL_TRACES_SAMPLER_ARG`, `OTEL_TRACES_EXPORTER=none` and `OTEL_SDK_DISABLED` mean what they mean everywhere. Gateways of one PostgreSQL are given the same.',
  },
  {
    name: 'SWITCHWRIGHT_ON_CUT',
    default: 'fail',
    meaning:
      '`continue` has a streamed answer that breaks off after its first words gone on with by the next endpoint, or by the same one once more; all exchanges are charged. Callers say otherwise by `switchwright: {on_cut}` or `X-Switchwright-On-Cut`.',
  },
  {
    name: 'SWITCHWRIGHT_ON_REFUSAL',
    default: 'next',
    meaning:
      '`stop` ends a call that a provider refuses for its content, also where the caller named other models. Callers say otherwise by `switchwright: {on_refusal}` or `X-Switchwright-On-Refusal`.',
  },
  {
    name: '<SLUG>_API_KEY',
    default: '',
    meaning:
      'A provider’s credential, under its customary name (`OPENAI_API_KEY`, `GEMINI_API_KEY`, …): turns the provider on.',
  },
  {
    name: '<SLUG>_BASE_URL',
    default: '',
    meaning:
      'Replaces a provider’s base URL, version part included; turns it on without a key. `-` in the slug becomes `_`; for shells, `_302AI_BASE_URL` means the same as `302AI_BASE_URL`.',
  },
];
