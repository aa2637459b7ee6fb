import type { Probe } from '../types.js'
import { authentication } from './authentication.js'
import { cancel } from './cancel.js'
import { chat } from './chat.js'
import { cors } from './cors.js'
import { decisions } from './decisions.js'
import { embeddings } from './embeddings.js'
import { identification } from './identification.js'
import { lifecycle } from './lifecycle.js'
import { lists } from './lists.js'
import { nativeChat } from './native-chat.js'
import { openQuestions } from './open-questions.js'
import { reasoning } from './reasoning.js'
import { responses } from './responses.js'
import { stream } from './stream.js'
import { structuredOutput } from './structured-output.js'
import { textCompletion } from './text-completion.js'
import { tools } from './tools.js'

/** Every probe, in the order in which they run: reading first, loading last. */
export const PROBES: readonly Probe[] = [
  identification,
  lists,
  authentication,
  cors,
  chat,
  stream,
  reasoning,
  tools,
  structuredOutput,
  textCompletion,
  responses,
  embeddings,
  decisions,
  nativeChat,
  cancel,
  openQuestions,
  lifecycle,
]
