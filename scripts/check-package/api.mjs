// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiReports, undocumentedExports } from '../lib/api-report.mjs'

/**
 * Checks that the reports in api/ describe the declarations in dist/, and that every export is documented.
 * @param {string} root
 */
export function checkAPI(root) {
  const reports = apiReports(root)
  const folder = join(root, 'api')
  const written = existsSync(folder) ? readdirSync(folder) : []
  for (const name of new Set([...reports.keys(), ...written])) {
    const found = written.includes(name) ? readFileSync(join(folder, name), 'utf8') : ''
    const expected = reports.get(name) ?? ''
    if (found !== expected)
      throw new Error(`api/${name} is out of date. ${firstDifference(expected, found)}
If the change of the API is intended, add it to CHANGELOG.md, run "npm run build && npm run api" and commit api/.`)
  }
  console.log(`api: ${reports.size} reports are current`)
  const undocumented = undocumentedExports(root)
  if (undocumented.length > 0) throw new Error(`These exports have no TSDoc:\n${undocumented.join('\n')}`)
}

/**
 * @param {string} expected
 * @param {string} found
 */
function firstDifference(expected, found) {
  const [is, due] = [expected.split('\n'), found.split('\n')]
  const line = is.findIndex((text, index) => text !== due[index])
  return line < 0 ? 'It has more lines than the API.' : `Line ${line + 1}:\n+ ${is[line]}\n- ${due[line] ?? ''}`
}
