import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface BuiltCLI {
  /** Path of the script to run with Node. */
  readonly path: string
  readonly remove: () => void
}

/** Bundles the command line into a temporary folder, so that a child process can run it. */
export async function buildCLI(): Promise<BuiltCLI> {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-provider-cli-'))
  // The command line reads its version from the package that it is part of.
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      target: 'es2022',
      minify: false,
      outDir: join(folder, 'dist'),
      emptyOutDir: true,
      lib: { entry: { cli: join(root, 'src/cli/main.ts') }, formats: ['es'] },
      rollupOptions: { external: [/^node:/] },
    },
  })
  return { path: join(folder, 'dist/cli.js'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
