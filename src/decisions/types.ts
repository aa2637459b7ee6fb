import type { ContentPart, Usage, UserMessage } from '../types.js'

/** A question about whether something is true. Create it with {@link predicate}. */
export interface PredicateQuestion {
  readonly type: 'predicate'
  /** The question, for example “Is the customer angry?”. */
  readonly instructions: string
}

/** A question with a fixed set of answers. Create it with {@link choice}. */
export interface ChoiceQuestion<Value extends string | boolean = string | boolean> {
  readonly type: 'choice'
  readonly instructions: string
  /** At least two, all different. */
  readonly choices: readonly { readonly value: Value; readonly description?: string | undefined }[]
}

/** A question whose answer is a level on a scale. Create it with {@link score}. */
export interface ScoreQuestion<Label extends string = string> {
  readonly type: 'score'
  readonly instructions: string
  /** At least two, all different, from the lowest to the highest. */
  readonly levels: readonly { readonly label: Label; readonly description?: string | undefined }[]
}

/** A question of a decision, made by `predicate`, `choice` or `score`. */
export type Question = PredicateQuestion | ChoiceQuestion | ScoreQuestion

/** The questions of one request, by name. The names are those of the answers. */
export type Questions = Readonly<Record<string, Question>>

/** What a decision is about: a text, the parts of a user message, or user messages. Images must be PNG or JPEG. */
export type DecisionInput = string | readonly ContentPart[] | readonly UserMessage[]

/** Whether a chat model may answer when the server has no decision model. */
export type DecisionFallback = 'chat' | undefined

interface DecisionSettings<Q extends Questions, Fallback extends DecisionFallback> {
  /**
   * A decision model; with `fallback`, it may be a chat model.
   *
   * @default the option `model`, else a loaded decision model, else the only one; with `fallback`, else a chat model
   */
  readonly model?: string | undefined
  /** At least one question. */
  readonly questions: Q
  /**
   * `chat`: if the server has no such route, or the model is not a decision model, asks the model with structured output.
   * A chat model reports no probabilities, so these are `undefined` then, and `via` is `chat`.
   *
   * @default undefined: fails instead
   */
  readonly fallback?: Fallback
}

/** A request of `decide`. */
export interface DecisionRequest<
  Q extends Questions = Questions,
  Fallback extends DecisionFallback = DecisionFallback,
> extends DecisionSettings<Q, Fallback> {
  readonly input: DecisionInput
}

/** A request of `decideMany`: the same questions about many inputs. */
export interface DecisionBatchRequest<
  Q extends Questions = Questions,
  Fallback extends DecisionFallback = DecisionFallback,
> extends DecisionSettings<Q, Fallback> {
  /** Any number of inputs, each of which is one HTTP request. */
  readonly inputs: readonly DecisionInput[]
  /**
   * Requests of this call that run at the same time, 1–1000. The provider's `maxConcurrency` also applies.
   *
   * @default half of `maxConcurrency`, at least 1, so that chats do not wait for a long list
   */
  readonly concurrency?: number | undefined
}

/** What only a decision model reports. */
type Measured<T, Fallback extends DecisionFallback> = 'chat' extends Fallback ? T | undefined : T

/** The answer to a {@link PredicateQuestion}. */
export interface PredicateAnswer<Fallback extends DecisionFallback = undefined> {
  readonly type: 'predicate'
  /** The more likely of the two. For another threshold, use `probability`. */
  readonly isTrue: boolean
  /** How likely “yes” is, 0–1. `undefined` if a chat model answered. */
  readonly probability: Measured<number, Fallback>
}

/** The answer to a {@link ChoiceQuestion}. */
export interface ChoiceAnswer<
  Value extends string | boolean = string | boolean,
  Fallback extends DecisionFallback = undefined,
> {
  readonly type: 'choice'
  readonly choice: Value
  /**
   * How clear the answer is, 0–1: not the probability of the choice. `undefined` if the server does not report it.
   */
  readonly confidence: number | undefined
  /** How likely each value is, 0–1. `undefined` if a chat model answered. */
  readonly probabilities: Measured<Readonly<Record<`${Value}`, number>>, Fallback>
}

/** The answer to a {@link ScoreQuestion}. */
export interface ScoreAnswer<Label extends string = string, Fallback extends DecisionFallback = undefined> {
  readonly type: 'score'
  /** The position on the scale: 0 is the first level, 1 the second. A decision model may report values in between. */
  readonly score: number
  /** The most likely level. */
  readonly level: Label
  /** How clear the answer is, 0–1. `undefined` if the server does not report it. */
  readonly confidence: number | undefined
  /** How likely each level is, 0–1. `undefined` if a chat model answered. */
  readonly probabilities: Measured<Readonly<Record<Label, number>>, Fallback>
}

/** The model refused to answer a question. */
export interface RefusalAnswer {
  readonly type: 'refusal'
  /** The model's explanation. */
  readonly explanation: string | undefined
  // So that `answers.team.choice` compiles before the type is checked; its value is `undefined` then.
  readonly isTrue?: undefined
  readonly probability?: undefined
  readonly choice?: undefined
  readonly score?: undefined
  readonly level?: undefined
  readonly confidence?: undefined
  readonly probabilities?: undefined
}

/** The answer to a question of a type. */
export type AnswerOf<Q extends Question, Fallback extends DecisionFallback = undefined> =
  | (Q extends ChoiceQuestion<infer Value>
      ? ChoiceAnswer<Value, Fallback>
      : Q extends ScoreQuestion<infer Label>
        ? ScoreAnswer<Label, Fallback>
        : PredicateAnswer<Fallback>)
  | RefusalAnswer

/** The answers of a `decide` call. */
export interface DecisionResponse<
  Q extends Questions = Questions,
  Fallback extends DecisionFallback = DecisionFallback,
> {
  /** The model that answered. */
  readonly model: string
  /** One answer per question, under the same name. */
  readonly answers: { readonly [Name in keyof Q]: AnswerOf<Q[Name], Fallback> }
  /** Which kind of model answered: a decision model, or a chat model as `fallback`. */
  readonly via: 'decisions' | 'chat'
  readonly usage: Usage
  /** The response body as received. */
  readonly raw: unknown
}

/** The answers of a `decideMany` call. */
export interface DecisionBatchResponse<
  Q extends Questions = Questions,
  Fallback extends DecisionFallback = DecisionFallback,
> {
  /** One response per input, in the order of the inputs. */
  readonly responses: readonly DecisionResponse<Q, Fallback>[]
  /** The sum over all requests. A count that one response does not have is `undefined`. */
  readonly usage: Usage
}

/**
 * The responses that a `decideMany` call had received when one of its requests failed: the `partial` of the error.
 */
export interface PartialDecisions {
  /** One entry per input; `undefined` where the response is missing. */
  readonly responses: readonly (DecisionResponse | undefined)[]
  /** The index of the input whose request failed. */
  readonly failed: number
}
