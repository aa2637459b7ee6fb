import { fromRoot } from './paths.js'
import { run, type Run } from './run.js'

/** Runs one of the Node examples the way a person does who has installed the package. */
export const exampleRunner =
  (file: string) =>
  (args: readonly string[], environment: Record<string, string> = {}): Run =>
    run(fromRoot('e2e/dist/app'), [file, ...args], environment)
