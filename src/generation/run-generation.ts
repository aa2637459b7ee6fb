import type { CallOptions, Config } from '../config/options.js'
import { checkCallOptions, signalOf } from '../config/resolve-config.js'
import type { Attempt } from '../http/attempt.js'
import { assertClient, runVerb } from '../http/client.js'
import { foreignName } from '../http/foreign-text.js'
import type { Client, JSONResponse } from '../http/types.js'
import { explainMissingModel } from '../models/missing-model.js'
import { createResponseStream, deferError, type EventBatches, type ResponseStream } from '../streaming/event-stream.js'
import { readEvents, type StreamParser } from '../streaming/sse-reader.js'
import { ignore } from '../utils/abort.js'
import { readRequest } from '../validation/read-request.js'

/** What a response says about the model that produced it. */
export interface Answered {
  readonly model?: string
  readonly modelInstanceId?: string
}

/** What of a request is needed to read its response. */
export interface RequestContext {
  readonly model: string
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
  Response extends Answered,
> {
  readonly route: string
  /**
   * Checks a request and copies what is needed of it, since its owner may change it. Only images make the body a promise.
   *
   * @throws {@link InvalidRequestError} the request is invalid
   */
  prepare(request: Request, stream: boolean): { readonly context: Context; readonly body: string | Promise<string> }
  /** Runs before the request is sent; rejects to refuse it. */
  preflight?(client: Client, context: Context, options: CallOptions): Promise<void>
  parseResponse(response: JSONResponse, context: Context): WholeResponse<Event, Response>
  createParser(attempt: Attempt, context: Context): StreamParser<Event, Response>
}

const POST = { method: 'POST', kind: 'generation' } as const

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
  Response extends Answered,
>(route: GenerationRoute<Request, Context, Event, Response>, client: Client, call: Call<Request>): Promise<Response> {
  return runVerb(runGeneration, client, () => generate(route, client, call))
}

async function generate<
  Request,
  Context extends RequestContext,
  Event extends { readonly type: string },
  Response extends Answered,
>(
  route: GenerationRoute<Request, Context, Event, Response>,
  client: Client,
  { request, options }: Call<Request>,
): Promise<Response> {
  if (options !== undefined) checkCallOptions(options)
  const { context, body } = route.prepare(readRequest(request), false)
  try {
    const spec = { ...POST, route: route.route, body: typeof body === 'string' ? body : await body }
    await route.preflight?.(client, context, options ?? {})
    const { response } = route.parseResponse(await client.requestJSON(spec, options), context)
    warnAboutSubstitution(client.config, context.model, response)
    return response
  } catch (error) {
    return explainMissingModel(client, error, context.model, options)
  }
}

/** Sends a request when the returned stream is first read. What is wrong with the request rejects the first read. */
export function streamGeneration<
  Request,
  Context extends RequestContext,
  Event extends { readonly type: string },
  Response extends Answered,
>(
  route: GenerationRoute<Request, Context, Event, Response>,
  client: Client,
  { request, options }: Call<Request>,
): ResponseStream<Event, Response> {
  const prepared = deferError(() => {
    assertClient(client)
    if (options !== undefined) checkCallOptions(options)
    const { context, body } = route.prepare(readRequest(request), true)
    if (typeof body !== 'string') body.catch(ignore)
    return { context, body }
  })

  async function open(signal: AbortSignal): Promise<EventBatches<Event, Response>> {
    const { context, body } = prepared()
    const limits = { ...options, signal }
    const onResponse = (response: Response): void => warnAboutSubstitution(client.config, context.model, response)
    try {
      const spec = { ...POST, route: route.route, body: typeof body === 'string' ? body : await body }
      await route.preflight?.(client, context, limits)
      const opened = await client.openStream(spec, limits)
      if (opened.kind === 'events') {
        const { attempt } = opened
        return readEvents(attempt, route.createParser(attempt, context), onResponse)
      }
      const { events, response } = route.parseResponse(opened.response, context)
      onResponse(response)
      return eventsOf(events, response)
    } catch (error) {
      return explainMissingModel(client, error, context.model, limits)
    }
  }

  return createResponseStream(open, signalOf(options))
}

/** The events of a complete response: for servers that do not stream. */
async function* eventsOf<Event, Response>(events: readonly Event[], response: Response): EventBatches<Event, Response> {
  yield events
  return response
}

/**
 * Logs a warning when another model answered than the requested one: LM Studio serves an unknown name with whatever is
 * loaded (docs/http-api.md 9.1). A variant (`@q4_k_m`), an instance (`:2`) and a name without its publisher are the same
 * model.
 */
export function warnAboutSubstitution(
  config: Config,
  requested: string,
  { model = requested, modelInstanceId: actual = model }: Answered,
): void {
  if (requested === actual) return
  const [wanted, got] = [modelKey(requested), modelKey(actual)]
  if (wanted === got || wanted.endsWith(`/${got}`) || got.endsWith(`/${wanted}`)) return
  const [answered, asked] = [foreignName(config, actual), foreignName(config, requested)]
  config.log?.({
    level: 'warn',
    type: 'model-substituted',
    message: `The server answered with the model ${answered} instead of ${asked}.`,
  })
}

const modelKey = (model: string): string => model.toLowerCase().replace(/@[^/]*$|:\d+$/, '')
