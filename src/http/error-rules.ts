import { once } from '../utils/once.js'
import type { RawServerError } from './error-body.js'
import type { SubjectName } from './error-subjects.js'
import type { RequestInfo } from './request-info.js'
import { isOutputTooLong, type TokenCounts } from './token-counts.js'

/** What a rule can look at. Nothing of it is shown. */
export interface RuleInput {
  /** The HTTP status, or that of an error within the error. */
  readonly status: number
  readonly raw: RawServerError
  readonly tokens: TokenCounts
  readonly context: RequestInfo
  /** The text of a web page, or where a redirect leads; empty for none. */
  readonly page: string
}

/** How a subject is recognized. Everything that a rule gives must hold. */
interface ErrorRule {
  readonly subject: SubjectName
  /** Matches a whole `code` or `type` of the server. */
  readonly name?: RegExp
  readonly message?: RegExp | readonly RegExp[]
  readonly page?: RegExp
  readonly when?: (input: RuleInput) => boolean
}

const hasStatus =
  (...statuses: readonly number[]) =>
  ({ status }: RuleInput): boolean =>
    statuses.includes(status)
const isLoad = ({ context }: RuleInput): boolean => context.route.endsWith('/load')
const isEmbedding = ({ context }: RuleInput): boolean => context.route.endsWith('/embeddings')

const CONTEXT_NAME =
  /^(exceed_context_size_error|context_length_exceeded|contextwindowexceedederror|string_above_max_length)$/
const CONTEXT = [
  /context[ _](size|length|window|limit)|n_ctx|n_keep|tokens to keep|keep the first \d+ tokens|max(imum)? (sequence|model|prompt) length|max_seq_len|(inputs?|prompt)[`'"]? (is |are )?too (long|big|large)|must have less than \d+ tokens/i,
  /max_new_tokens[`'"]? must be|max_tokens must be at least 1, got -|exceeds model max length|token count .{0,40}exceeds|tokens exceed the (configured )?limit|context shift is disabled|token limit (is |was )?(exceeded|reached)|too large for model with/i,
]
const PLAIN_HTTP =
  /plain http request was sent to https port|speaking plain http to an|http request to an https server/i
const MODEL_TYPE =
  /model is not (an? )?(llm|embedding|decision)|(does not|doesn't|not) support (the )?(embed(dings?)?|chat|generate|completions?|decisions?)( api)?\b|not an? (embedding|chat|generative|decision) model|server does not support (embeddings|chat|completions)|is not a chat model|only supports? embeddings/i
const NO_MODEL_LOADED =
  /no (\w+ )?models? (is |are )?(currently )?loaded|model (.{0,120}is )?not (currently )?loaded\b/i
const UNKNOWN_MODEL =
  /\bmodel\b.{0,200}(not found|does ?n.t exist|does not exist|not available|not a valid model)|\bmodel [\w./:@-]+ is not supported|(unknown|no such|invalid|unsupported|could not find|unable to find) model|is not a valid model id|repository not found|invalid model name|(model|graph definition) with requested name (is )?not found|find (suitable handler for|real modelid)/is

/**
 * How a response becomes an error: the first rule that matches decides. The server's own `code` and `type` come first, then
 * pages and the statuses that leave no doubt, then the message, then the status.
 */
const rules = /* @__PURE__ */ once((): readonly ErrorRule[] => [
  // LM Studio has one code for everything that goes wrong before a model responds.
  { subject: 'wrongModelType', name: /^model_load_failed$/, message: MODEL_TYPE },
  { subject: 'modelNotFound', name: /^model_load_failed$/, message: /error: model not found/i },
  { subject: 'modelLoad', name: /^model_load_failed$/ },
  { subject: 'unknownResponse', name: /^previous_response_not_found$/ },
  { subject: 'integrationUnreachable', name: /^(mcp|plugin)_connection_error$/ },
  { subject: 'jobNotFound', name: /^job_not_found$/ },
  { subject: 'modelNotFound', name: /^not_found_error$/, message: /^model: / },
  { subject: 'wrongModelType', name: /^(invalid_model|model_not_supported)$/, message: MODEL_TYPE },
  { subject: 'noModelsLoaded', name: /^model_not_found$/, message: NO_MODEL_LOADED },
  { subject: 'modelNotFound', name: /^(model_not_found|invalid_model|model_not_available|model_not_supported)$/ },
  { subject: 'quota', name: /^(insufficient_quota|billing_.*|budget_exceeded|quota_exceeded)$/ },
  { subject: 'rateLimit', name: /^(rate_limit_(error|exceeded)|too_many_requests|ratelimiterror)$/ },
  {
    subject: 'auth',
    name: /^(invalid_api_key|authentication_error|invalid_authentication|no_api_key|missing_api_key|authenticationerror|token_not_found_in_db)$/,
  },
  { subject: 'permission', name: /^(key|team|user|org|project|tag)_model_access_denied$/ },
  {
    subject: 'permission',
    message: /\b(not allowed|no permission|not authorized) to (access|use|call) (the |this )?model/i,
  },
  { subject: 'permission', name: /^(permission_error|permission_denied|permissiondeniederror)$/ },
  { subject: 'chatTemplate', name: /^(template_?error|invalid_request_message_order)$/ },
  { subject: 'grammar', name: /^(invalid_json_schema|invalid_function_parameters)$/ },
  { subject: 'unreadableImage', name: /^(invalid_image.*|image_parse_error|unsupported_image.*)$/ },
  // An overflow is about the response where only `maxTokens` does not fit, and about a text where it is embedded.
  { subject: 'inputTooLong', name: CONTEXT_NAME, when: isEmbedding },
  { subject: 'maxTokens', name: CONTEXT_NAME, when: ({ tokens }) => isOutputTooLong(tokens) },
  { subject: 'contextLength', name: CONTEXT_NAME },
  {
    subject: 'unsupportedField',
    name: /^(unsupported_parameter|unknown_parameter|unrecognized_keys|extra_forbidden|unsupported_value|unsupportedparamserror)$/,
    when: ({ raw }) => !/response_format/.test(raw.message),
  },

  {
    subject: 'tunnelOffline',
    page: /ERR_NGROK_(3200|3004|8012|334)|cloudflare tunnel error|argo tunnel error|error code:? 1033/i,
  },
  // Cloudflare sends one line of text to a client that is not a browser.
  { subject: 'tunnelOffline', message: /^\s*error code:? 1033\s*$/i },
  { subject: 'needsTLS', page: PLAIN_HTTP },
  { subject: 'needsTLS', message: PLAIN_HTTP },
  {
    subject: 'gatewayPage',
    page: /ERR_NGROK_6024|ngrok-skip-browser-warning|just a moment|cf-mitigated|tunnel password|attention required/i,
  },
  {
    subject: 'signInPage',
    page: /\b(sign|log)[ -]?(in|on)\b|\/(login|signin|sign_in|sso|oauth2?|saml)\b|type="?password|single sign|cdn-cgi\/access|cloudflare ?access|accounts\.google|login\.microsoftonline|auth_request/i,
    when: ({ status }) => status < 500,
  },
  { subject: 'auth', when: hasStatus(401, 511) },
  // LM Studio's response to any unknown route, whatever the status.
  { subject: 'oldLMStudio', message: /unexpected endpoint or method/i },
  { subject: 'origin', message: /\borigin\b|\bcors\b|host .{0,40}not allowed/i, when: hasStatus(403) },
  { subject: 'auth', message: /(invalid|incorrect|missing|malformed) api[ _-]?(key|token)/i, when: hasStatus(403) },
  { subject: 'permission', when: hasStatus(403) },
  {
    subject: 'quota',
    message:
      /exceeded your current quota|budget has been exceeded|(insufficient|not enough) (quota|balance|credits?|funds)/i,
    when: hasStatus(400, 402, 429),
  },
  { subject: 'quota', when: hasStatus(402) },
  { subject: 'rateLimit', when: hasStatus(429) },

  {
    subject: 'rateLimit',
    message:
      /\bno (free |idle )?slots? (is |are )?(currently )?available|\bserver (is )?(currently |too )*busy\b|maximum pending requests/i,
  },

  // These messages name a field, and the field can have any name.
  {
    subject: 'unsupportedField',
    message:
      /unrecognized (key|request argument|field|parameter|name)|(unknown|unexpected|unsupported|unrecognized) (field|param|parameter|argument|keyword|property|name|option)|extra (inputs|fields|data|params?).{0,10}not (permitted|allowed)|extra_forbidden/i,
    when: ({ raw }) => !/response_format/.test(raw.message),
  },
  { subject: 'modelRequired', message: /(multiple|several) models (are )?(currently )?loaded\b.{0,80}specify/is },
  { subject: 'noModelsLoaded', message: NO_MODEL_LOADED },
  { subject: 'modelUnloaded', message: /model (is |was |has been |has )?unloaded/i },
  {
    subject: 'unknownResponse',
    message:
      /(not (find|found)|unknown|expired)\b.*(stored response|previous_response_id)|(stored response|previous_response_id|previous response).*(not found|not exist|expired)|response ['"`]?resp[_-]\S+ (was )?not found/i,
  },
  { subject: 'jobNotFound', message: /job[_ ]not[_ ]found/i },
  { subject: 'modelNotFound', message: /model[_ ]not[_ ]found/i },
  { subject: 'requestTooLarge', message: /at most [1-9]\d* (image|video|audio)|too many images|limit-mm-per-prompt/i },
  {
    subject: 'noVision',
    message: [
      /(does not|doesn't|not|no) (currently )?((support|accept)(ed|s)?( for)? (image|vision|multimodal|multi-modal)|process images)|(image|vision|multimodal)(_url| input| content)?s? (is|are) not (supported|enabled|allowed)|not a multimodal|at most 0 image|supports? only text|only (supports? )?['"]?text['"]? content/i,
      /mmproj|image_url is only supported|unknown variant `image_url`|missing data required for image|not have vision|support image input|unsupported content\[\]\.type|without vision|vision add-on is not loaded/i,
    ],
  },
  {
    subject: 'unreadableImage',
    message: [
      /(failed|unable|could not|cannot|can't|error) (to )?(load|decod|process|fetch|download|read|identify|open|mak)\w* (the |an |of )?(base64 )?image|invalid (base64 )?image|base64 encoded image|image (type|format|file|url)?.{0,40}(unsupported|invalid|malformed|corrupt|truncated|not be (read|decoded|processed))/i,
      /unsupported image|illegal base64|invalid base64|incorrect padding|base64.{0,20}(decod|pad)|image: unknown format|valid image/i,
    ],
  },
  {
    subject: 'noTools',
    message:
      /(does not|doesn't|not) support (tools?|function|functions)\b|(tool|function)[ -]?(calling|calls?|use|choice|s)? (is|are) not (supported|enabled|available)|enable-auto-tool-choice|tool-call-parser|tools param requires|support tool use/i,
  },
  {
    subject: 'chatTemplate',
    message: [
      /jinja|(chat|prompt)[_ ]template|templateerror|roles? must alternate|must alternate between|conversation roles|after the optional system message|system (role|message).{0,40}(not supported|must be (at the beginning|first|the first))/i,
      /no user query found|(expected last|unexpected) role|cannot (have|pass) .{0,60}assistant message|roles? (are|is) (not )?supported|last message must|prefill is incompatible|at row \d+, column \d+|while executing \w+(expression|statement)/i,
    ],
  },
  {
    subject: 'responseFormat',
    message:
      /response_format(\.type)?['"`]? (of type .{0,30})?(is not |must be |isn't |unsupported|unavailable)|json[_ ](schema|object|mode) is not (supported|available)/i,
  },
  {
    subject: 'grammar',
    message:
      /grammar|initialize samplers|json[_ ]schema.{0,60}(conversion|convert|invalid|unsupported|not supported|error|fail)|(invalid|unsupported|failed to (compile|convert|parse|build)) (json[_ ]?)?schema|xgrammar|outlines|llguidance|(invalid|unsupported) (regex|pattern) in/i,
  },
  {
    subject: 'responseFormat',
    message:
      /response_format|json mode (is|not)|structured outputs? (is|are) not|(does not|doesn't|not) support (json|structured)/i,
  },
  {
    subject: 'batchTooLarge',
    message:
      /batch size|too many (inputs|texts|items)|array too long|at most \d+ (inputs|texts|items|strings)|max_client_batch|list .{0,40}at most \d+ items/i,
    when: (input) => isEmbedding(input) && !/physical batch/i.test(input.raw.message),
  },
  { subject: 'inputTooLong', message: /physical batch size|too large to process/i },
  {
    subject: 'inputTooLong',
    message: /(exceed|longer|too long|less than \d+|at most|maximum).*\b(tokens|length|characters)\b/is,
    when: isEmbedding,
  },
  // A load that fails can name the context too.
  {
    subject: 'modelLoad',
    message: [
      /(fail(ed|ure)?|error|unable|could ?n.t|could not|cannot) (to )?load(ing)?\b(?!.{0,20}image)|model loading was|insufficient system resources/i,
      /requires? (approximately |more )?.{0,20}(system )?memory|not enough (memory|resources|vram)|unable to allocate|(out of|insufficient|allocate) memory.{0,40}load|load.{0,40}out of memory|load-error|(unknown|unsupported) model architecture|model type \S+ (is )?not supported|waiting for (llama )?runner to start|do load request|no lm runtime found/i,
    ],
    when: ({ raw }) => !MODEL_TYPE.test(raw.message) && !/error: model not found/i.test(raw.message),
  },
  { subject: 'wrongModelType', message: MODEL_TYPE },
  {
    subject: 'maxTokens',
    message:
      /max_(completion_|new_|output_)?tokens['"`]? (\(\d+\) |or .{0,40})?(is |are |value )?(exceeds|too (large|high|big)|must be (<|less|at most|no more))|at most \d+ (completion|output) tokens/i,
    when: ({ tokens }) => tokens.prompt === undefined || isOutputTooLong(tokens),
  },
  { subject: 'inputTooLong', message: CONTEXT, when: isEmbedding },
  { subject: 'maxTokens', message: CONTEXT, when: ({ tokens }) => isOutputTooLong(tokens) },
  { subject: 'contextLength', message: CONTEXT, when: (input) => !isLoad(input) },
  {
    subject: 'loading',
    message:
      /\bloading (the )?model\b|model .{0,120}(is |currently |still )+(being )?load(ing|ed\b.{0,20}(wait|try|moment))|(is|are) (still |currently |already )*(loading|warming up|starting)|loading in progress|warming up|model is loading|not ready( yet)?\b|still (starting|initializing)/i,
    when: ({ status }) => status >= 500 || status === 425 || status < 400,
  },
  {
    subject: 'loading',
    message: /\bloading (the )?model\b|model .{0,120}is (still |currently |already )?(being )?loading\b/i,
  },
  {
    subject: 'engineCrashed',
    message: [
      /has crashed|(model|engine|server|process) (has )?(crashed|died|exited)|process .{0,20}(terminated|exited)|channel error|compute error|engine protocol|error in iterating prediction stream|error was encountered while running the model|\bvk::/i,
      /runner (process )?(has )?(terminated|exited|stopped)|engine(core| loop| process)?.{0,20}(dead|died|encountered an issue|stopped|crashed|exited)|enginedeaderror|background loop has errored|prediction-error|(cuda|hip|rocm) error|\[metal::malloc\]|cudamalloc|out ?of ?memory|insufficient memory|ggml_assert|reading from server: eof|exit code/i,
    ],
  },
  { subject: 'modelNotFound', message: UNKNOWN_MODEL },
  {
    subject: 'unsupportedField',
    message:
      /additional properties|propert(y|ies) .{0,80}(unsupported|not (supported|allowed))|(['"`]\w+['"`]|\b[a-z]+_\w+) is not (allowed|permitted|supported)|(parameter|field|argument|option) .{0,80}(not supported|unsupported|not allowed|not recognized)|not support (the )?(parameter|field|option|thinking|reasoning|logprobs)|is not supported with this model/i,
  },
  {
    subject: 'auth',
    message:
      /(invalid|incorrect|missing|malformed|no|wrong) (lm studio )?(api|auth\w*|bearer|access)[ _-]?(key|token)|api[ _]?(key|token).{0,20}(required|missing|invalid|not valid)|unauthori[sz]ed|authentication (error|failed|required)/i,
    when: ({ status }) => status < 500,
  },
  {
    subject: 'rateLimit',
    message: /rate[ _-]?limit|too many requests|throttl/i,
    when: ({ status }) => status >= 400 && status < 500,
  },

  { subject: 'requestTooLarge', when: hasStatus(413) },
  { subject: 'requestTimeout', when: hasStatus(408) },
  { subject: 'wrongPath', when: hasStatus(404, 405, 501) },
  { subject: 'serverError', when: ({ status }) => status >= 500 },
  { subject: 'invalidRequest', when: hasStatus(400, 422) },
])

/** Returns what an error of a server is about. */
export function findSubject(input: RuleInput): SubjectName {
  const names = input.raw.names.map((name) => name.toLowerCase())
  const matches = ({ name, message, page, when }: ErrorRule): boolean =>
    (name === undefined || names.some((text) => name.test(text))) &&
    (message === undefined || [message].flat().some((pattern) => pattern.test(input.raw.message))) &&
    (page === undefined || page.test(input.page)) &&
    (when === undefined || when(input))
  return rules().find(matches)?.subject ?? 'api'
}
