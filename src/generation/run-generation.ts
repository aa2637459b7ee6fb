import type { CallOptions, Config } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import type { Attempt } from '../http/attempt.js'
import { assertClient, runVerb } from '../http/client.js'
import type { Client, JSONResponse, OpenedStream } from '../http/types.js'
import { explainMissingModel } from '../models/missing-model.js'
import { defaultModel } from '../models/pick-model.js'
import type { PickModelRequest } from '../models/types.js'
import { createResponseStream, deferError, type EventBatches, type ResponseStream } from '../streaming/event-stream.js'
import { readEventStream, type StreamParser } from '../streaming/sse-reader.js'
import { ignore } from '../utils/abort.js'
import { prependField, readRequest } from '../validation/validate.js'
import { reportSubstitution } from './model-substitution.js'
import { usageRefusals, withoutUsageOption } from './usage-option.js'

/** What a response reports about the model that produced it. */
export interface ModelReport {
  readonly model?: string
  readonly modelInstanceId?: string
}

/** What of a request is needed to read its response. */
export interface RequestContext {
  readonly model: string
}

/** A request that was checked and copied. */
export interface PreparedRequest<Context extends RequestContext> {
  /** Without a model if the request names none. */
  readonly context: Omit<Context, 'model'> & { readonly model: string | undefined }
  readonly body: string | Promise<string>
  /** What a model must be able to do, if the request names none. */
  readonly needs?: PickModelRequest | undefined
}

/** How the response of a request is read: options of the provider. */
export interface ResponseOptions {
  readonly reasoningTags?: Config['reasoningTags']
  /** Throws if a model other than the requested one responds; absent where that is only logged. */
  readonly checkModel?: ((model: string) => void) | undefined
}

/** A complete response, and the events that a stream of it would have had. */
export interface WholeResponse<Event, Response> {
  readonly response: Response
  readonly events: readonly Event[]
}

/** How one route generates. */
export interface GenerationRoute<
  Request,
  Context extends RequestContext,
  Event extends { readonly type: string },
  Response extends ModelReport,
> {
  readonly route: string
  /**
   * Checks a request and copies what is needed of it, since its owner may change it. Only images make the body a promise.
   *
   * @param requestsUsage - whether a stream requests token counts
   * @throws {@link InvalidRequestError} the request is invalid
   */
  prepare(request: Request, stream: boolean, requestsUsage: boolean): PreparedRequest<Context>
  /** Runs before the request is sent; rejects to refuse it. */
  preflight?(client: Client, context: Context, options: CallOptions): Promise<void>
  parseResponse(response: JSONResponse, context: Context, options: ResponseOptions): WholeResponse<Event, Response>
  createParser(attempt: Attempt, context: Context, options: ResponseOptions): StreamParser<Event, Response>
}

const POST = { method: 'POST', kind: 'generation', acceptsEvents: true } as const

/** The arguments of a public call. */
interface Call<Request> {
  readonly request: Request
  readonly options: CallOptions | undefined
}

/** Sends a request and resolves to the complete response. */
export function runGeneration<
  Request,
  Context extends RequestContext,
  Event extends { readonly type: string },
  Response extends ModelReport,
>(route: GenerationRoute<Request, Context, Event, Response>, client: Client, call: Call<Request>): Promise<Response> {
  return runVerb(runGeneration, client, () => generate(route, client, call))
}

async function generate<
  Request,
  Context extends RequestContext,
  Event extends { readonly type: string },
  Response extends ModelReport,
>(
  route: GenerationRoute<Request, Context, Event, Response>,
  client: Client,
  { request, options }: Call<Request>,
): Promise<Response> {
  if (options !== undefined) checkCallOptions(options)
  const { config } = client
  const prepared = route.prepare(readRequest(request), false, false)
  const { context, body: text } =
    prepared.context.model === undefined
      ? await withDefaultModel(client, prepared, options)
      : (prepared as Ready<Context>)
  let response: Response
  try {
    const spec = { ...POST, route: route.route, body: typeof text === 'string' ? text : await text }
    await route.preflight?.(client, context, options ?? {})
    const received = await client.requestJSON(spec, options)
    const { eventStream } = received
    const parseWhole = (body: unknown): WholeResponse<Event, Response> =>
      route.parseResponse({ ...received, body }, context, config)
    response =
      eventStream === undefined
        ? parseWhole(received.body).response
        : await readWhole(eventStream, route.createParser(eventStream, context, config), parseWhole)
  } catch (error) {
    return explainMissingModel(client, error, context.model, options)
  }
  checkModel(config, context.model, response)
  return response
}

/** Sends a request when the returned stream is first read. What is wrong with the request rejects the first read. */
export function streamGeneration<
  Request,
  Context extends RequestContext,
  Event extends { readonly type: string },
  Response extends ModelReport,
>(
  route: GenerationRoute<Request, Context, Event, Response>,
  client: Client,
  { request, options }: Call<Request>,
): ResponseStream<Event, Response> {
  let signal: AbortSignal | undefined
  const prepared = deferError(() => {
    assertClient(client)
    if (options !== undefined) checkCallOptions(options)
    signal = options?.signal
    const requestsUsage = client.config.includeUsage && !usageRefusals.has(client)
    const preparedRequest = route.prepare(readRequest(request), true, requestsUsage)
    if (typeof preparedRequest.body !== 'string') preparedRequest.body.catch(ignore)
    return preparedRequest
  })

  async function open(streamSignal: AbortSignal): Promise<EventBatches<Event, Response>> {
    const request = prepared()
    const { config } = client
    const limits = { ...options, signal: streamSignal }
    const { context, body } =
      request.context.model === undefined
        ? await withDefaultModel(client, request, limits)
        : (request as Ready<Context>)
    const onResponse = (response: Response): void => checkModel(config, context.model, response)
    const { reasoningTags, onModelSubstituted } = config
    const isStrict = onModelSubstituted === 'error'
    const responseOptions = {
      reasoningTags,
      checkModel: isStrict ? (model: string) => checkModel(config, context.model, { model }) : undefined,
    }
    let opened: OpenedStream
    try {
      const spec = { ...POST, route: route.route, body: typeof body === 'string' ? body : await body }
      await route.preflight?.(client, context, limits)
      opened = await client.openStream(spec, limits).catch((error: unknown) => {
        const shorter = withoutUsageOption(client, error, spec.body)
        if (shorter === undefined) throw error
        return client.openStream({ ...spec, body: shorter }, limits)
      })
    } catch (error) {
      return explainMissingModel(client, error, context.model, limits)
    }
    const attempt = opened.kind === 'events' ? opened.attempt : opened.response.eventStream
    if (attempt !== undefined) {
      const { sentAt, context: info } = attempt
      return readEventStream(attempt, route.createParser(attempt, context, responseOptions), {
        onResponse,
        parseWhole: (whole) => route.parseResponse({ body: whole, sentAt, context: info }, context, responseOptions),
      })
    }
    const { response } = opened as Extract<OpenedStream, { kind: 'json' }>
    const whole = route.parseResponse(response, context, responseOptions)
    onResponse(whole.response)
    return eventsOf(whole.events, whole.response)
  }

  return createResponseStream(open, signal)
}

/** A request with its model. */
interface Ready<Context> {
  readonly context: Context
  readonly body: string | Promise<string>
}

/** Adds the model to a request that names none. */
async function withDefaultModel<Context extends RequestContext>(
  client: Client,
  { context, body, needs = {} }: PreparedRequest<Context>,
  options: CallOptions | undefined,
): Promise<Ready<Context>> {
  // Images are converted at the same time; what is wrong with them is the error.
  const text = await body
  const model = await defaultModel(client, needs, options)
  return { context: { ...context, model } as Context, body: prependField('model', model, text) }
}

/** Reads an event stream to its end. */
async function readWhole<Event, Response>(
  attempt: Attempt,
  parser: StreamParser<Event, Response>,
  parseWhole: (body: unknown) => WholeResponse<Event, Response>,
): Promise<Response> {
  const batches = readEventStream(attempt, parser, { onResponse: ignore, parseWhole })
  for (;;) {
    const batch = await batches.next()
    if (batch.done === true) return batch.value
    // A batch is parsed while it is read.
    for (const _ of batch.value);
  }
}

/** The events of a complete response: for servers that do not stream. */
async function* eventsOf<Event, Response>(events: readonly Event[], response: Response): EventBatches<Event, Response> {
  yield events
  return response
}

/** Compares the model that responded with the requested one. */
export function checkModel(config: Config, requested: string, response: ModelReport): void {
  const { model = requested, modelInstanceId: actual = model } = response
  if (requested !== actual) reportSubstitution(config, { requested, actual, response })
}
