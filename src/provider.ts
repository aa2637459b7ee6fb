import type {
  CompletionRequest,
  CompletionStream,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
} from './completions/types.js'
import type { CallOptions } from './config/options.js'
import type {
  DecisionBatchRequest,
  DecisionBatchResponse,
  DecisionFallback,
  DecisionRequest,
  DecisionResponse,
  Questions,
} from './decisions/types.js'
import type { HealthReport } from './diagnostics/types.js'
import type { EmbeddingRequest, EmbeddingResponse } from './embeddings/types.js'
import type {
  DownloadOptions,
  DownloadResult,
  LoadConfig,
  LoadedModel,
  ModelCapabilities,
  ModelInfo,
  PickModelRequest,
} from './models/types.js'
import type { ChatRequest, ChatResponse, ChatStream } from './native-chat/types.js'
import type { RespondRequest, RespondResponse, RespondStream } from './responses/types.js'
import type { CompletionResponse } from './types.js'

/** The methods that every provider of the family has. */
export interface ModelProvider {
  readonly name: string
  /**
   * Lists the models of the server, from the cache while the list is fresh.
   *
   * @remarks `GET /api/v1/models`, else `/api/v0/models`, else `/v1/models`. Concurrent calls share one request. Retried.
   * @throws {@link ServiceNotFoundError} nothing answers
   * @throws {@link BrowserAccessError} the browser blocks the request (CORS, permission, mixed content)
   * @throws {@link AuthenticationError} a token is required, or was rejected
   * @throws {@link UnsupportedEndpointError} the server has none of the three routes
   * @throws {@link InvalidResponseError} the response is not a list of models
   * @throws {@link TimeoutError} after `timeout`
   */
  listModels(options?: CallOptions & { readonly refresh?: boolean | undefined }): Promise<ModelInfo[]>
  /**
   * Requests a chat completion and resolves to the complete response.
   *
   * @remarks `POST /v1/chat/completions`. Retried only when the request never ran.
   * @throws {@link InvalidRequestError} before anything is sent, or for a 400 or 422 of the server
   * @throws {@link ModelNotFoundError} the server does not have the model, or has none loaded
   * @throws {@link ModelLoadError} the model could not be loaded, was unloaded, or its engine crashed
   * @throws {@link ContextLengthError} the conversation does not fit into the context
   * @throws {@link InvalidResponseError} the response is not a completion, or is empty
   * @throws {@link TimeoutError} after `generationTimeout` without a response
   * @throws {@link RateLimitError} {@link AuthenticationError} {@link PermissionError} {@link ServiceNotFoundError}
   * @throws {@link BrowserAccessError} {@link UnsupportedEndpointError} {@link NetworkError}
   */
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompletionResponse>
  /**
   * Streams a chat completion. Every error, that of an invalid request included, is thrown when the stream is read.
   *
   * @remarks `POST /v1/chat/completions` with `stream: true`.
   * @throws what {@link ModelProvider.complete} throws
   * @throws {@link StreamInterruptedError} the stream broke or ended early; `partial` has what arrived
   */
  stream(request: CompletionRequest, options?: CallOptions): CompletionStream
  /**
   * Returns whether the server has a model, by id, variant or instance id. A model that is not in the cached list is looked
   * up once more on the server.
   *
   * @throws what {@link ModelProvider.listModels} throws
   */
  supportsModel(model: string, options?: CallOptions): Promise<boolean>
  /**
   * Returns what a model can do; `undefined` for a model that the server does not have.
   *
   * @throws what {@link ModelProvider.listModels} throws
   */
  modelCapabilities(model: string, options?: CallOptions): Promise<ModelCapabilities | undefined>
  /**
   * Checks the server. An unhealthy server is a result, not an error.
   *
   * @remarks `GET /lmstudio-greeting`, then the list of models, without the cache.
   * @throws the reason of the caller's abort, and {@link ConfigurationError} for invalid options
   */
  healthCheck(options?: CallOptions): Promise<HealthReport>
}

/** A provider for LM Studio. */
export interface LMStudioProvider extends ModelProvider {
  readonly name: 'lmstudio'
  /** Address of the server, normalized. */
  readonly endpoint: string
  /**
   * Requests a response of the responses route: with your own tools, and a conversation that the server stores.
   *
   * @remarks
   * `POST /v1/responses` (LM Studio 0.3.29). Retried only when the request never ran. The route has no `stop` and ignores
   * schemas: use {@link ModelProvider.complete} for these.
   * @throws {@link InvalidRequestError} before anything is sent, for a 400 or 422 of the server, or for a
   * `previousResponseId` that the server does not know
   * @throws what {@link ModelProvider.complete} throws
   */
  respond(request: RespondRequest, options?: CallOptions): Promise<RespondResponse>
  /**
   * Streams a response of the responses route. Every error, that of an invalid request included, is thrown when the stream
   * is read.
   *
   * @remarks `POST /v1/responses` with `stream: true`.
   * @throws what {@link LMStudioProvider.respond} and {@link ModelProvider.stream} throw
   */
  streamRespond(request: RespondRequest, options?: CallOptions): RespondStream
  /**
   * Continues a text as it is, without the model's chat template: for base models.
   *
   * @remarks `POST /v1/completions`. Retried only when the request never ran.
   * @throws what {@link ModelProvider.complete} throws
   */
  completeText(request: TextCompletionRequest, options?: CallOptions): Promise<TextCompletionResponse>
  /**
   * Streams the continuation of a text. Every error, that of an invalid request included, is thrown when the stream is read.
   *
   * @remarks `POST /v1/completions` with `stream: true`.
   * @throws what {@link ModelProvider.stream} throws
   */
  streamCompleteText(request: TextCompletionRequest, options?: CallOptions): TextCompletionStream
  /**
   * Requests a turn of LM Studio's own chat: stateful with `store`, and with tools that the server runs itself.
   * {@link createConversation} keeps track of the turns.
   *
   * @remarks
   * `POST /api/v1/chat` (LM Studio 0.4.0). Retried only when the request never ran. With `reasoning`, the model is looked up
   * in the list first.
   * @throws {@link InvalidRequestError} before anything is sent, or for a 400 of the server; `unknown-response`: the server
   * does not store `previousResponseId`
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws {@link PermissionError} LM Studio does not permit the integration
   * @throws {@link ApiError} `integration-unreachable`: the MCP server does not respond
   * @throws what {@link ModelProvider.complete} throws
   */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatResponse>
  /**
   * Streams a turn of LM Studio's own chat, with the progress of loading the model and processing the prompt. Every error,
   * that of an invalid request included, is thrown when the stream is read, with {@link PartialChat} as `partial`.
   *
   * @remarks
   * `POST /api/v1/chat` with `stream: true`. Until the response begins, `generationTimeout` limits the silence between two
   * signs of progress, then `idleTimeout`, also while a tool runs. An error of the server is thrown once the partial
   * result that follows it has arrived, or after 5 s without it.
   * @throws what {@link LMStudioProvider.chat} throws
   * @throws {@link StreamInterruptedError} the stream broke or ended early
   */
  streamChat(request: ChatRequest, options?: CallOptions): ChatStream
  /**
   * Embeds any number of texts, in batches; the vectors have the order of the input. Time limits and retries apply to each
   * batch.
   *
   * @remarks
   * `POST /v1/embeddings`, `batchSize` texts at a time and `concurrency` requests at once. The first batch that fails ends the
   * call and the batches that run with it; its error has the finished batches as `partial` (see {@link PartialEmbeddings}).
   * The reason of the caller's abort stays as it is.
   * @throws {@link InvalidRequestError} before anything is sent: a text is empty, or there is none
   * @throws {@link InvalidResponseError} vectors are missing, or differ in length
   * @throws what {@link ModelProvider.complete} throws
   */
  embed(request: EmbeddingRequest, options?: CallOptions): Promise<EmbeddingResponse>
  /**
   * Asks a decision model questions about an input: whether something is true ({@link predicate}), which of several answers
   * applies ({@link choice}), or where on a scale it is ({@link score}). The answers have the names of the questions, and
   * their types follow from them.
   *
   * @remarks
   * `POST /v1/decisions`. Retried only when the request never ran. A refusal is an answer of the type `refusal`. With
   * `fallback: 'chat'`, `POST /v1/chat/completions` follows if the server has no such route or the model is a chat model.
   * @throws {@link InvalidRequestError} before anything is sent, or for a 400 of the server; `wrong-model-type`: the model
   * cannot answer such questions
   * @throws {@link UnsupportedEndpointError} the server has no such route
   * @throws {@link InvalidResponseError} `wrong-answers`: an answer is missing, belongs to no question or cannot be read
   * @throws {@link OutputValidationError} the chat model of `fallback` did not answer the questions
   * @throws what {@link ModelProvider.complete} throws
   *
   * @example
   * ```ts
   * const { answers } = await lmstudio.decide({
   *   model: 'acme/judge',
   *   input: 'You charged me twice!',
   *   questions: {
   *     angry: predicate('Is the customer angry?'),
   *     team: choice('Who handles this?', { billing: 'Payments', tech: 'Bugs' }),
   *   },
   * })
   * if (answers.team.choice === 'billing') …
   * ```
   */
  decide<const Q extends Questions, Fallback extends DecisionFallback = undefined>(
    request: DecisionRequest<Q, Fallback>,
    options?: CallOptions,
  ): Promise<DecisionResponse<Q, Fallback>>
  /**
   * Asks the same questions about many inputs. The responses have the order of the inputs. Time limits and retries apply to
   * each request.
   *
   * @remarks
   * `POST /v1/decisions` for each input, `concurrency` requests at once. The first request that fails ends the call and the
   * requests that run with it; its error has the finished responses as `partial` (see {@link PartialDecisions}). The reason
   * of the caller's abort stays as it is.
   * @throws what {@link LMStudioProvider.decide} throws
   */
  decideMany<const Q extends Questions, Fallback extends DecisionFallback = undefined>(
    request: DecisionBatchRequest<Q, Fallback>,
    options?: CallOptions,
  ): Promise<DecisionBatchResponse<Q, Fallback>>
  /**
   * Chooses a model as a request without `model` does: a loaded one that fits, else the only one that fits.
   *
   * @remarks
   * Looks in the cached list, with one refresh if nothing there fits. What a server does not report counts as fitting; a
   * model whose type is not reported counts as an embedding model if its name fits one.
   * @throws {@link ModelNotFoundError} `model-required`: none fits, or several do and none of them is loaded
   * @throws what {@link ModelProvider.listModels} throws
   */
  pickModel(request?: PickModelRequest, options?: CallOptions): Promise<ModelInfo>
  /**
   * Makes sure that an instance of a model with these settings is loaded: uses one that is loaded, else loads one. Settings
   * that are left out are not compared.
   *
   * @remarks
   * Reads the list of models, then sends `POST /api/v1/models/load` (LM Studio 0.4.0) within `generationTimeout`. Calls for
   * one model take turns. Calls for the same settings share one load, which ends when all of them have been aborted (the
   * server may continue it). An instance with other settings stays loaded: to replace it, call
   * {@link LMStudioProvider.unloadModel} first. The route reports no progress; `streamChat` does, when a chat loads the model.
   * Retried only when the load never began. Where the runtime's own `fetch` gives up first, the list is read until the
   * instance appears.
   *
   * @throws {@link InvalidRequestError} before anything is sent, or when the server rejects a setting
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws {@link ModelNotFoundError} {@link ModelLoadError} {@link TimeoutError} {@link AuthenticationError}
   * @throws {@link PermissionError} {@link ServiceNotFoundError} {@link BrowserAccessError} {@link NetworkError}
   */
  loadModel(model: string, config?: LoadConfig, options?: CallOptions): Promise<LoadedModel>
  /**
   * Unloads every instance of a model, or the one instance whose id is given. A model that is not loaded is not an error.
   * The id of the first instance is often that of the model, which means the model.
   *
   * @remarks
   * Reads the list of models, then sends `POST /api/v1/models/unload` (LM Studio 0.4.0) for each instance. Retried. LM Studio
   * has no route to end a load that is running: the instance that it creates stays.
   * @throws {@link ModelNotFoundError} the server has neither such a model nor such an instance
   * @throws {@link ApiError} `partly-unloaded`: the message names the instances that are still loaded
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws what {@link ModelProvider.listModels} throws
   */
  unloadModel(modelOrInstance: string, options?: CallOptions): Promise<void>
  /**
   * Makes the server download a model, and waits until the download is complete.
   *
   * @remarks
   * `POST /api/v1/models/download` (LM Studio 0.4.0), then `GET …/download/status/{job_id}` at intervals that
   * grow from 100 ms to 5 s; a few failed polls are tolerated. `timeout` limits each request; nothing limits the whole.
   * LM Studio has no route to cancel a download: an abort rejects with `signal.reason`, ends the polling and logs an event of
   * type `lifecycle`; `jobId` resumes the wait. Calls of this provider for the same model and quantization share one
   * download, unless they set `headers`.
   *
   * @param model - a name from LM Studio's catalog, or a `https://huggingface.co/…` link
   *
   * @throws {@link InvalidRequestError} before anything is sent, or when the server rejects the request
   * @throws {@link ApiError} `download-failed`; `job-not-found`: the server does not know the `jobId`
   * @throws {@link TimeoutError} `download-stalled`: paused, or without progress, for `generationTimeout`
   * @throws {@link UnsupportedEndpointError} an LM Studio before 0.4.0, or another server
   * @throws what {@link ModelProvider.listModels} throws, and what `onProgress` throws
   */
  downloadModel(model: string, settings?: DownloadOptions, options?: CallOptions): Promise<DownloadResult>
}
