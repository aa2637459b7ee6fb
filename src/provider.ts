import type {
  CompletionRequest,
  CompletionStream,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
} from './completions/types.js'
import type { CallOptions } from './config/options.js'
import type { HealthReport } from './diagnostics/types.js'
import type { EmbeddingRequest, EmbeddingResponse } from './embeddings/types.js'
import type {
  DownloadOptions,
  DownloadResult,
  LoadConfig,
  LoadedModel,
  ModelCapabilities,
  ModelInfo,
} from './models/types.js'
import type { ChatRequest, ChatResponse, ChatStream } from './native-chat/types.js'
import type { RespondRequest, RespondResponse, RespondStream } from './responses/types.js'
import type { CompletionResponse } from './types.js'

/** What any provider of the family offers. */
export interface ModelProvider {
  readonly name: string
  /**
   * The models the server has, from the cache while fresh.
   *
   * @remarks `GET /api/v1/models`, else `/api/v0/models`, else `/v1/models`; one request for concurrent calls; retried.
   * @throws {@link ServiceNotFoundError} nothing answers
   * @throws {@link BrowserAccessError} the browser refuses (CORS, permission, mixed content)
   * @throws {@link AuthenticationError} a token is needed or was refused
   * @throws {@link UnsupportedEndpointError} none of the three lists is there
   * @throws {@link InvalidResponseError} what came is no list
   * @throws {@link TimeoutError} after `timeout`
   */
  listModels(options?: CallOptions & { readonly refresh?: boolean | undefined }): Promise<ModelInfo[]>
  /**
   * The whole answer at once.
   *
   * @remarks `POST /v1/chat/completions`; retried only when the request surely never ran.
   * @throws {@link InvalidRequestError} before anything is sent, or the server's 400 and 422
   * @throws {@link ModelNotFoundError} no such model, or none is loaded
   * @throws {@link ModelLoadError} it could not be loaded, was unloaded meanwhile, or its engine crashed
   * @throws {@link ContextLengthError} the conversation does not fit
   * @throws {@link InvalidResponseError} not an answer, or an empty one
   * @throws {@link TimeoutError} after `generationTimeout` of silence
   * @throws {@link RateLimitError} {@link AuthenticationError} {@link PermissionError} {@link ServiceNotFoundError}
   * @throws {@link BrowserAccessError} {@link UnsupportedEndpointError} {@link NetworkError}
   */
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompletionResponse>
  /**
   * The answer as it is made. Every error, that of a bad request included, is thrown by reading the stream.
   *
   * @remarks `POST /v1/chat/completions` with `stream: true`. Throws what {@link ModelProvider.complete} throws, and
   * {@link StreamInterruptedError} with the partial answer when the stream breaks or ends without an ending.
   */
  stream(request: CompletionRequest, options?: CallOptions): CompletionStream
  /**
   * Whether the server has this model (by id, variant or instance id): from the cache, then from one refresh.
   *
   * @throws what {@link ModelProvider.listModels} throws
   */
  supportsModel(model: string, options?: CallOptions): Promise<boolean>
  /**
   * What the model can do; `undefined` for a model the server does not have.
   *
   * @throws what {@link ModelProvider.listModels} throws
   */
  modelCapabilities(model: string, options?: CallOptions): Promise<ModelCapabilities | undefined>
  /**
   * How the server is. Never throws for an unhealthy server.
   *
   * @throws only the reason of the caller's own abort, and {@link InvalidRequestError} for bad options
   */
  healthCheck(options?: CallOptions): Promise<HealthReport>
}

/** LM Studio as a provider. */
export interface LMStudioProvider extends ModelProvider {
  readonly name: 'lmstudio'
  /** The server's address, normalised. */
  readonly endpoint: string
  /**
   * The whole answer of the responses route: your own tools, and a conversation that the server keeps.
   *
   * @remarks
   * `POST /v1/responses` (0.3.29); retried only when the request surely never ran. The route takes no `stop`, and does
   * not keep to a schema: use {@link ModelProvider.complete} for these.
   * @throws {@link InvalidRequestError} also for a `previousResponseId` the server does not know
   * @throws what {@link ModelProvider.complete} throws
   */
  respond(request: RespondRequest, options?: CallOptions): Promise<RespondResponse>
  /**
   * The answer as it is made. Every error, that of a bad request included, is thrown by reading the stream.
   *
   * @remarks `POST /v1/responses` with `stream: true`.
   * @throws what {@link LMStudioProvider.respond} and {@link ModelProvider.stream} throw
   */
  streamRespond(request: RespondRequest, options?: CallOptions): RespondStream
  /**
   * Goes on from a text as it is, without the model's chat template: for base models.
   *
   * @remarks `POST /v1/completions`; retried only when the request surely never ran.
   * @throws what {@link ModelProvider.complete} throws
   */
  completeText(request: TextCompletionRequest, options?: CallOptions): Promise<TextCompletionResponse>
  /**
   * The text as it is made. Every error, that of a bad request included, is thrown by reading the stream.
   *
   * @remarks `POST /v1/completions` with `stream: true`.
   * @throws what {@link ModelProvider.stream} throws
   */
  streamCompleteText(request: TextCompletionRequest, options?: CallOptions): TextCompletionStream
  /**
   * A turn of LM Studio's own chat: stateful where `store` says so, with tools that the server runs itself.
   * {@link createConversation} keeps the thread.
   *
   * @remarks
   * `POST /api/v1/chat` (LM Studio 0.4.0); retried only when the request surely never ran. With `reasoning`, the model
   * list is looked up first.
   * @throws {@link InvalidRequestError} before anything is sent, or the server's 400; `unknown-response`: the server does
   * not know `previousResponseId`
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws {@link PermissionError} the integration is not allowed in LM Studio
   * @throws {@link ApiError} `integration-unreachable`: the MCP server does not answer
   * @throws what {@link ModelProvider.complete} throws
   */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatResponse>
  /**
   * The turn as it is made, with how far loading the model and reading the prompt are. Every error, that of a bad request
   * included, is thrown by reading the stream, with what had arrived as `partial` (see {@link PartialChat}).
   *
   * @remarks
   * `POST /api/v1/chat` with `stream: true`. Until the answer begins, `generationTimeout` limits the silence between two
   * signs of progress, then `idleTimeout`, also while a tool runs. An error of the server is thrown once the partial
   * result that follows it has come, or after 5 s without.
   * @throws what {@link LMStudioProvider.chat} throws
   * @throws {@link StreamInterruptedError} the stream breaks, or ends without an ending
   */
  streamChat(request: ChatRequest, options?: CallOptions): ChatStream
  /**
   * Vectors of texts, in the order of the input: any number of them, sent in batches. The limits in time and the
   * retries hold for each batch.
   *
   * @remarks `POST /v1/embeddings`, `batchSize` texts at a time, `concurrency` requests at once. The first batch that
   * fails ends the call and the batches beside it; its error has what succeeded as `partial` (see
   * {@link PartialEmbeddings}). The reason of the caller's own abort is left as it is.
   * @throws {@link InvalidRequestError} before anything is sent: a text is empty, or there is none
   * @throws {@link InvalidResponseError} vectors are missing, or not all of one length
   * @throws what {@link ModelProvider.complete} throws
   */
  embed(request: EmbeddingRequest, options?: CallOptions): Promise<EmbeddingResponse>
  /**
   * Sees to it that an instance of the model with these settings is loaded: one that is there is taken, else one is
   * loaded. Settings left out are not compared.
   *
   * @remarks
   * The list of models, read anew, then `POST /api/v1/models/load` (0.4.0), whose limit is `generationTimeout`. Calls for
   * one model take turns, and those that want the same share one load, which ends when all of them have been aborted
   * (the server may go on). What is loaded with other settings stays: the server then has two instances; to replace it,
   * call {@link LMStudioProvider.unloadModel} first. The route tells no progress: `streamChat` does, where a chat may
   * load the model itself. Retried only when the load surely never ran; where the runtime's own `fetch` gives up first, the
   * list is read until the instance is there.
   *
   * @throws {@link InvalidRequestError} before anything is sent, or what the server refuses of the settings
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws {@link ModelNotFoundError} {@link ModelLoadError} {@link TimeoutError} {@link AuthenticationError}
   * @throws {@link PermissionError} {@link ServiceNotFoundError} {@link BrowserAccessError} {@link NetworkError}
   */
  loadModel(model: string, config?: LoadConfig, options?: CallOptions): Promise<LoadedModel>
  /**
   * Frees every instance of a model, or the one instance whose id is given. What is not loaded is freed already. The first
   * instance often has the model's own id, which means the model. A load that is under way is neither waited for nor
   * ended: LM Studio has no route for that, so what it brings is there afterwards.
   *
   * @remarks The list of models, read anew, then `POST /api/v1/models/unload` (0.4.0) for each instance; retried.
   * @throws {@link ModelNotFoundError} the server has neither such a model nor such an instance
   * @throws {@link ApiError} `partly-unloaded`: says which instances are gone and which are not
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws what {@link ModelProvider.listModels} throws
   */
  unloadModel(modelOrInstance: string, options?: CallOptions): Promise<void>
  /**
   * Lets the server download a model, and waits until it is there.
   *
   * @remarks
   * `POST /api/v1/models/download` (0.4.0), then `GET …/download/status/{job_id}` after 100 ms and ever more rarely, at
   * last every 5 s; a few looks that fail are borne. `timeout` limits each request, nothing the whole. The server has no
   * route to cancel: an abort ends the watch and not the download, and rejects with `signal.reason`; a log event of type
   * `lifecycle` says so. `jobId` takes up the watch again.
   *
   * @param model - a name of LM Studio's catalogue, or a `https://huggingface.co/…` link
   *
   * @throws {@link InvalidRequestError} before anything is sent, or what the server refuses
   * @throws {@link ApiError} `download-failed`; `job-not-found`: the server does not know the `jobId`
   * @throws {@link TimeoutError} `download-stalled`: paused, or without a byte, for `generationTimeout`
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws what {@link ModelProvider.listModels} throws, and what `onProgress` throws
   */
  downloadModel(model: string, settings?: DownloadOptions, options?: CallOptions): Promise<DownloadResult>
}
