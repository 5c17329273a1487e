/** Every limit has a name here. Operators change some of them by configuration; tests scale the deadlines. */
export const LIMITS = {
  /** Refused requests that are kept of each account, and that a process writes down of it in a second; the others are counted. */
  refusals_max: 20_000,
  refusals_each_second: 50,
  refusal_message_length_max: 300,
  refusal_model_length_max: 200,
  body_bytes_max: 32 * 1024 * 1024,
  nesting_max: 128,
  messages_max: 20_000,
  /** OpenAI takes 128 (zed-industries/zed#42393), Claude's tool search thousands (code.claude.com, both read 2026-11-29). */
  tools_max: 10_000,
  /** Gemini takes 3,000 images in a prompt (docs.cloud.google.com, image understanding, read 2026-11-29). */
  media_max: 4_096,
  /**
   * Of a whole body: what stands between commas, such as token ids; lists and objects; members of objects. OpenAI's
   * embedding models take 300,000 tokens in all inputs together (its OpenAPI description, as repeated in the crate
   * openai-client-base 0.12.0, read 2026-11-29); 20,000 messages of one part each are 60,000 lists and objects.
   */
  json_values_max: 400_000,
  json_containers_max: 100_000,
  json_members_max: 150_000,
  /** Of a whole body: what is left of it when its long texts and media are set aside (`base/body-scan.ts`). */
  json_rest_bytes_max: 8 * 1024 * 1024,
  object_members_max: 10_000,
  /** Labels of a call (spec §2.1), in pairs and in characters. */
  metadata_pairs_max: 16,
  metadata_key_length_max: 64,
  metadata_value_length_max: 512,
  frame_bytes_max: 16 * 1024 * 1024,
  reply_bytes_max: 64 * 1024 * 1024,
  error_body_bytes_max: 64 * 1024,
  asset_bytes_max: 25 * 1024 * 1024,
  asset_count_max: 64,
  /** Of one call, all together: more than any vendor takes inline. */
  assets_bytes_max: 64 * 1024 * 1024,
  assets_at_once_max: 4,
  asset_redirects_max: 3,
  asset_timeout_ms: 15_000,
  attempts_max: 6,
  /** How often one answer that was cut is gone on with. */
  continuations_max: 3,
  /** Gateways of this kind in a row. */
  hops_max: 4,
  /** How long each plugin may work on a call before it is planned. */
  plugin_ms: 30_000,
  /** Of PDFs that are read for models that read none: each one's bytes, pages, text and time, and how many. */
  pdf_bytes_max: 32 * 1024 * 1024,
  pdf_pages_max: 1_000,
  pdf_text_length_max: 4_000_000,
  pdf_ms: 12_000,
  /** How long all of a call that have no text may take to be read by a model. */
  ocr_ms: 240_000,
  pdfs_max: 8,
  /** Calls that a process asks a second time for nobody. */
  shadows_at_once_max: 16,
  /** Tools that the gateway runs for a model: exchanges with it in which it asks for some (spec §4.2), tools of one of them, */
  server_tool_steps_max: 30,
  server_tools_each_max: 16,
  /** how long one may take, and a search; */
  server_tool_ms: 30_000,
  search_ms: 15_000,
  /** characters of what one is asked, of its result, and of the results of a call together; */
  server_tool_arguments_length_max: 32_768,
  server_tool_result_length_max: 100_000,
  server_tool_results_length_max: 2_000_000,
  /** Models that tools and plugins ask within one call, how deep such calls lie in each other, and how long one tool may wait; */
  asks_max: 64,
  asks_depth_max: 2,
  asking_tool_ms: 300_000,
  /** programs of models that a process runs at once, and bytes that each may write to one of its outputs; */
  code_runs_at_once_max: 4,
  code_output_bytes_max: 256 * 1024,
  /** bytes of a page that is fetched, and of its address. */
  page_bytes_max: 4 * 1024 * 1024,
  /** Pages of one call, as many as the contract's own engine fetches for a request. */
  pages_max: 50,
  url_length_max: 2_048,
  retry_wait_ms_max: 3_000,
  stop_sequences_max: 64,
  /** As many as OpenAI takes in one call. */
  embedding_inputs_max: 2_048,
  /** Of a recording to be written down, as OpenAI has it; and of a form beside its files. */
  audio_bytes_max: 25 * 1024 * 1024,
  form_fields_max: 128,
  /** Sixteen pictures to be edited, and a mask. */
  form_files_max: 17,
  form_field_bytes_max: 256 * 1024,
  /** Of one stored file, as the contract has it; how many a workspace has; how many a process takes in at once, of one key and of all. */
  file_bytes_max: 100 * 1024 * 1024,
  files_max: 10_000,
  uploads_each_max: 8,
  uploads_max: 32,
  file_name_length_max: 255,
  /** Lines of a batch, as OpenAI has it, and characters of each; the answers of one batch together. */
  batch_lines_max: 50_000,
  batch_line_bytes_max: 8 * 1024 * 1024,
  batch_results_bytes_max: 2 * 1024 * 1024 * 1024,
  /** Batches of an account that are not over. */
  batches_max: 100,
  /** Of a form around its file: boundaries, heads and fields. */
  file_form_bytes_max: 1024 * 1024,
  /** Of a text to be spoken: more than any vendor takes at once. */
  speech_characters_max: 100_000,
  /** As many as Cohere takes in one call. */
  rerank_documents_max: 10_000,
  /** Pictures that one call may ask for (the contract's `n`), and characters that say what is in them. */
  images_max: 10,
  image_prompt_length_max: 128_000,
  /** A vendor's job is asked about so often at first and in the end; so many answers in a row may fail. */
  job_poll_ms: 500,
  job_poll_ms_max: 3_000,
  job_failures_max: 3,
  /** Of a video: characters that say what is in it, seconds of it, and pictures that it may start from. */
  video_prompt_length_max: 32_000,
  video_seconds_max: 600,
  video_references_max: 16,
  /** A vendor is asked about a video so often at first and in the end; it may take so long, and is kept to be fetched so long. */
  video_poll_ms: 1_000,
  video_poll_ms_max: 15_000,
  video_deadline_ms: 3_600_000,
  video_kept_ms: 24 * 3_600_000,
  /** How often a caller is told in vain of the end of its job, and how long each try may take. */
  callback_tries_max: 8,
  callback_timeout_ms: 10_000,
  callback_url_length_max: 2_048,
  /** What a job keeps of itself; how many of one account's run; so many in a row may break off before their step is written. */
  job_state_bytes_max: 256 * 1024,
  jobs_running_max: 10_000,
  job_tries_max: 10,
  /** A call whose inputs do not fit in one request takes several, one after the other, with one endpoint. */
  portions_max: 64,
  /** How long a call waits for memory, and how many may: of one key, of all. */
  memory_wait_ms: 10_000,
  memory_line_each_max: 64,
  memory_line_max: 512,
  /** A body up to this size is read and parsed in one piece, and held as such; a larger one is worked through as it comes. */
  small_body_bytes: 64 * 1024,
  /** A small body up to this size is not counted against the memory: those of 10,000 connections are 40 MB. */
  uncounted_body_bytes: 4 * 1024,
  /** Bytes of a body that are parsed, read or written in one turn of the loop; other calls are served between turns. */
  at_once_bytes_max: 256 * 1024,
  /** A client that takes nothing of its answer for so long is cut off. */
  answer_stalled_ms: 30_000,
  /** What is sent to the API besides inference. */
  form_bytes_max: 1024 * 1024,
  /** Programs that wait for news of the gateway's MCP server, in each process. */
  mcp_subscriptions_max: 64,
  /** MCP servers of a workspace, tools of one of them, and tools that one call may have of all of them. */
  mcp_servers_max: 20,
  mcp_tools_each_max: 128,
  mcp_tools_max: 128,
  /** What is taken over of a tool's description, and of its parameters' schema as JSON. */
  mcp_description_length_max: 1_024,
  mcp_schema_length_max: 16 * 1024,
  /** All that an MCP server may send in one exchange. */
  mcp_answer_bytes_max: 4 * 1024 * 1024,
  /** How long listing a server's tools may take, how long a list is used, and how long where the server is away since. */
  mcp_listing_ms: 30_000,
  mcp_listing_fresh_ms: 300_000,
  mcp_listing_stale_ms: 3_600_000,
  /** Lists that a process keeps. */
  mcp_listings_max: 500,
  /** Connections to MCP servers that calls of one process have open. */
  mcp_connections_max: 200,
  /** Connections of clients to one process; one more is closed unheard. */
  connections_max: 10_000,
  /** A thought that is longer goes back to its caller in the open members only (`openai-responses/seal.ts`). */
  sealed_thought_bytes_max: 1024 * 1024,
  /** What is kept of answers for the requests that follow them (`gateway/kept.ts`), in each process; and of one answer. */
  kept_bytes_max: 16 * 1024 * 1024,
  kept_entry_bytes_max: 256 * 1024,
  kept_ms: 3_600_000,
  /** Answers that are given again to who asks the same (`gateway/cached.ts`); a day at most (spec §5.4). */
  cached_answers_bytes_max: 64 * 1024 * 1024,
  cached_answer_bytes_max: 1024 * 1024,
  cached_answer_ms_max: 86_400_000,
  /** Of a response that is stored with what it was asked, and of all that stands before one (`http/stored/`). */
  stored_response_bytes_max: 8 * 1024 * 1024,
  stored_chain_bytes_max: 32 * 1024 * 1024,
  /** WebSockets of one process, and of one key; each is pinged so often, lives so long, and has so many calls wait on it. */
  web_sockets_max: 1_000,
  web_sockets_each_max: 100,
  web_socket_ping_ms: 30_000,
  web_socket_ms: 3_600_000,
  web_socket_calls_max: 16,
  /** Settings that stand in a key for one realtime session: it travels in a header. */
  client_secret_session_length_max: 6_000,
  client_buffer_bytes_max: 1024 * 1024,
  catalogue_file_bytes_max: 1024 * 1024,
  /** models.dev's whole listing was 2.6 MB in July 2026. */
  listing_bytes_max: 64 * 1024 * 1024,
  listing_timeout_ms: 60_000,
  /** Held for the answer when the caller names no limit (house rule: 4 096 tokens or the model's limit). */
  held_output_tokens: 4_096,
} as const;

/**
 * The deadlines of one attempt, how long the client's response headers wait for the first content event, and how long a
 * stream may be silent before its client is sent something that means nothing.
 * While another endpoint is left, silence is short (`first_content_ms`); the last one may take longer. A non-streamed
 * answer has only a total, for its headers come with its last token: half of it while another endpoint is left
 * (`whole_ms`), so that the other one has time to answer too.
 */
export type Deadlines = {
  readonly headers_ms: number;
  readonly first_content_ms: number;
  readonly first_content_last_ms: number;
  readonly between_events_ms: number;
  readonly whole_ms: number;
  readonly total_ms: number;
  readonly head_wait_ms: number;
  readonly keep_alive_ms: number;
};

/**
 * How long a client may take to send a request: its first byte once connected, its head, and all of it. Once the server
 * takes its leave, an idle connection waits `last_request_ms` for a request that may be on its way.
 */
export type ClientDeadlines = {
  readonly first_byte_ms: number;
  readonly request_head_ms: number;
  readonly request_ms: number;
  readonly last_request_ms: number;
};

export const CLIENT_DEADLINES: ClientDeadlines = {
  first_byte_ms: 15_000,
  request_head_ms: 30_000,
  request_ms: 120_000,
  last_request_ms: 1_000,
};

export const DEADLINES: Deadlines = {
  headers_ms: 12_000,
  first_content_ms: 12_000,
  first_content_last_ms: 90_000,
  between_events_ms: 30_000,
  whole_ms: 300_000,
  total_ms: 600_000,
  head_wait_ms: 2_000,
  keep_alive_ms: 10_000,
};
