// @ts-check
import { aiSDK } from './ai-sdk.mjs'
import { browser } from './browser.mjs'
import { cache } from './cache.mjs'
import { cli } from './cli.mjs'
import { completions } from './completions.mjs'
import { config } from './config.mjs'
import { decisions } from './decisions.mjs'
import { diagnostics } from './diagnostics.mjs'
import { embeddings } from './embeddings.mjs'
import { errors } from './errors.mjs'
import { generation } from './generation.mjs'
import { http } from './http.mjs'
import { jsonSchema } from './json-schema.mjs'
import { models } from './models.mjs'
import { nativeChat } from './native-chat.mjs'
import { node } from './node.mjs'
import { responses } from './responses.mjs'
import { streaming } from './streaming.mjs'
import { structuredOutput } from './structured-output.mjs'
import { tools } from './tools.mjs'
import { utils } from './utils.mjs'
import { validation } from './validation.mjs'

/**
 * A small bug of the kind that a person writes: a dropped option, a limit that is off by one, a missing cleanup.
 *
 * @typedef {object} Bug
 * @property {string} file path of the source, below src/
 * @property {string} find text of the source that is replaced; must occur exactly once in the file
 * @property {string} replace what it is replaced with
 * @property {readonly string[]} tests files that should fail, from the root of the repository; the test that mirrors
 *   `file` is always added
 * @property {string} note what is wrong with the bug in place
 */

/** @type {readonly Bug[]} */
export const bugs = [
  ...utils,
  ...errors,
  ...validation,
  ...jsonSchema,
  ...config,
  ...browser,
  ...cache,
  ...http,
  ...streaming,
  ...generation,
  ...completions,
  ...responses,
  ...nativeChat,
  ...models,
  ...embeddings,
  ...diagnostics,
  ...tools,
  ...decisions,
  ...structuredOutput,
  ...aiSDK,
  ...node,
  ...cli,
]
