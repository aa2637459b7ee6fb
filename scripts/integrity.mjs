// @ts-check
// Prints how a page loads this version from a CDN, pinned and with the hashes of the files in dist/.
//   npm run integrity
import { readFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const { name, version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const hashes = JSON.parse(readFileSync(new URL('dist/integrity.json', root), 'utf8'))
const address = (/** @type {string} */ file) => `https://cdn.jsdelivr.net/npm/${name}@${version}/dist/${file}`
const [script, module] = ['lmstudio-provider.iife.js', 'lmstudio-provider.min.js']

console.log(`<script
  src="${address(script)}"
  integrity="${hashes[script]}"
  crossorigin="anonymous"
></script>

<script type="importmap">
  {
    "imports": { "${name}": "${address(module)}" },
    "integrity": {
      "${address(module)}": "${hashes[module]}"
    }
  }
</script>`)
