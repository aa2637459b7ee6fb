// @ts-check
// What TypeDoc cannot be told by options: entries have the names of their imports, and documents their own titles.
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
    const [first] = document.content
    if (first?.kind !== 'text') throw new Error(`${document.name} does not begin with a heading.`)
    document.name = titleOf(first.text)
    // The theme shows the name as the heading of the page.
    first.text = first.text.replace(/^# .+\n/, '')
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const entry of project.children ?? []) {
      const name = ENTRIES[entry.name]
      if (name === undefined) throw new Error(`The entry ${entry.name} needs a name in ${import.meta.url}.`)
      entry.name = name
    }
  })
}
