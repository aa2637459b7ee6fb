import { fromRoot } from './paths.js'
import { run, type Run } from './run.js'

/** Runs a Node example in a folder where the package is installed. */
export const exampleRunner =
  (file: string) =>
  (args: readonly string[], environment: Record<string, string> = {}): Run =>
    run(fromRoot('e2e/dist/app'), [file, ...args], environment)
