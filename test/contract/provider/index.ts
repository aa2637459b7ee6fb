import type { Case } from '../contract.js'
import { cacheCases } from './cache.js'
import { completeTextCases } from './complete-text.js'
import { completionCases } from './completions.js'
import { connectionCases } from './connection.js'
import { embeddingCases } from './embeddings.js'
import { errorCases } from './errors.js'
import { lifecycleCases } from './model-loading.js'
import { limitCases } from './limits.js'
import { modelCases } from './models.js'
import { nativeChatCases } from './native-chat.js'
import { responseCases } from './responses.js'
import { objectCases } from './structured-output.js'
import { streamErrorCases } from './stream-errors.js'
import { streamCases } from './streams.js'
import { runToolsCases } from './run-tools.js'
import { toolCases } from './tools.js'

/** The behavior of a provider in every runtime, one sentence per case. */
export const providerContract: readonly Case[] = [
  ...completionCases,
  ...streamCases,
  ...toolCases,
  ...runToolsCases,
  ...responseCases,
  ...completeTextCases,
  ...errorCases,
  ...streamErrorCases,
  ...connectionCases,
  ...limitCases,
  ...nativeChatCases,
  ...modelCases,
  ...lifecycleCases,
  ...embeddingCases,
  ...objectCases,
  ...cacheCases,
]
