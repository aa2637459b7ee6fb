import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { build } from 'vite'
import { fromRoot } from './paths.js'

/**
 * Makes what the tests load: the package as it is installed (in a folder of its own, so that nobody else's build is
 * pulled away from under a running test), the playground, the contract suites.
 */
export default async function prepare(): Promise<void> {
  if (process.env.PLAYGROUND_DIST !== undefined) return
  const folder = fromRoot('e2e/dist')
  rmSync(folder, { recursive: true, force: true })

  await build({
    configFile: fromRoot('vite.config.ts'),
    root: fromRoot('.'),
    logLevel: 'warn',
    build: { outDir: `${folder}/package/dist`, sourcemap: false },
  })
  copyFileSync(fromRoot('package.json'), `${folder}/package/package.json`)

  mkdirSync(`${folder}/app/node_modules`, { recursive: true })
  // Without it Node takes the name of the package for the repository around this folder.
  writeFileSync(`${folder}/app/package.json`, '{ "private": true, "type": "module" }\n')
  symlinkSync(`${folder}/package`, `${folder}/app/node_modules/lmstudio-provider`, 'junction')
  const examples = fromRoot('playground/examples')
  for (const name of readdirSync(examples)) {
    if (name.endsWith('.mjs')) copyFileSync(`${examples}/${name}`, `${folder}/app/${name}`)
  }

  await build({ configFile: fromRoot('playground/vite.config.ts'), logLevel: 'warn' })
  await buildContract(`${folder}/contract`)
}

/** The contract suites as one module; they run against the package as built, which the page's import map finds. */
export async function buildContract(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: fromRoot('.'),
    logLevel: 'warn',
    build: {
      outDir,
      minify: false,
      lib: { entry: fromRoot('e2e/pages/contract.ts'), formats: ['es'], fileName: () => 'contract.js' },
      rollupOptions: { external: ['lmstudio-provider'] },
    },
  })
}
