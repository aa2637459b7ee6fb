// @ts-check
// What TypeDoc has no options for: entries have the names of their imports, and documents their own titles.
import { Converter } from 'typedoc'
import { titleOf } from './pages.mjs'

/** @type {Record<string, string>} */
const ENTRIES = {
  index: 'lmstudio-provider',
  core: 'lmstudio-provider/core',
  'ai-sdk': 'lmstudio-provider/ai-sdk',
  node: 'lmstudio-provider/node',
  testing: 'lmstudio-provider/testing',
  'testing/node-server': 'lmstudio-provider/testing/node',
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = titleOf(document.content.map(({ text }) => text).join(''))
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const entry of project.children ?? []) {
      const name = ENTRIES[entry.name]
      if (name === undefined) throw new Error(`The entry ${entry.name} needs a name in ${import.meta.url}.`)
      entry.name = name
    }
    // The theme shows the name of the project above the README.
    const [heading] = project.readme ?? []
    if (heading !== undefined) heading.text = heading.text.replace(/^# .+\n/, '')
  })
}
