import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { build } from 'vite'
import { fromRoot } from './paths.js'

/**
 * Builds everything that the tests load: the package as installed, the playground and the contract suites. The package gets
 * its own folder, so that another build cannot delete it during a test.
 */
export default async function prepare(): Promise<void> {
  if (process.env.PLAYGROUND_DIST !== undefined) return
  const folder = fromRoot('e2e/dist')
  rmSync(folder, { recursive: true, force: true })

  // The minified module comes second, since the first build empties the folder.
  for (const config of ['vite.config.ts', 'vite.min.config.ts']) {
    await build({
      configFile: fromRoot(config),
      root: fromRoot('.'),
      logLevel: 'warn',
      build: { outDir: `${folder}/package/dist`, sourcemap: false },
    })
  }
  copyFileSync(fromRoot('package.json'), `${folder}/package/package.json`)

  mkdirSync(`${folder}/app/node_modules`, { recursive: true })
  // Without this file, Node resolves the package name to the repository around this folder.
  writeFileSync(`${folder}/app/package.json`, '{ "private": true, "type": "module" }\n')
  symlinkSync(`${folder}/package`, `${folder}/app/node_modules/lmstudio-provider`, 'junction')
  const examples = fromRoot('playground/examples')
  for (const name of readdirSync(examples)) {
    if (name.endsWith('.mjs')) copyFileSync(`${examples}/${name}`, `${folder}/app/${name}`)
  }

  await build({ configFile: fromRoot('playground/vite.config.ts'), logLevel: 'warn' })
  await buildContract(`${folder}/contract`)
  await buildUseChat(folder, 6, {})
  await buildUseChat(folder, 7, { ai: 'ai-7', '@ai-sdk/react': 'ai-react-7' })
}

/** Bundles the page of the AI SDK with the built package and a version of the AI SDK, under the names of its packages. */
async function buildUseChat(folder: string, version: number, packages: Record<string, string>): Promise<void> {
  const replacements = { ...packages, 'lmstudio-provider/ai-sdk': `${folder}/package/dist/ai-sdk.js` }
  const alias = Object.entries(replacements).map(([name, replacement]) => ({
    find: new RegExp(`^${name}$`),
    replacement,
  }))
  await build({
    configFile: false,
    root: fromRoot('.'),
    // Vite warns of every "use client" in the dependencies.
    logLevel: 'error',
    resolve: { alias },
    // React and the AI SDK read it; a library build leaves it to the application.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: `${folder}/use-chat/ai-${version}`,
      minify: false,
      lib: { entry: fromRoot('e2e/pages/use-chat.ts'), formats: ['es'], fileName: () => 'use-chat.js' },
    },
  })
}

/** Bundles the contract suites. They import the built package through the page's import map. */
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
