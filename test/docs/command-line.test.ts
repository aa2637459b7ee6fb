import { readFileSync } from 'node:fs'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'
import { cli, startCLI } from '../helpers/cli.js'

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8')

/** The consoles of the page: the command without the name of the program, and its output. */
const consoles = [...page.matchAll(/^```console\n\$ lmstudio-provider (.+)\n([^]*?)^```$/gm)].map(
  ([, command, output]) => ({
    command: command!,
    output: output!,
  }),
)
const SERVER = 'http://127.0.0.1:1234'
const consoleOf = (name: string) => consoles.find(({ command }) => command.startsWith(name))!

it('shows the output of every command', () => {
  expect(consoles.map(({ command }) => command.split(' ')[0])).toEqual([
    'doctor',
    'models',
    'chat',
    'proxy',
    'mock',
    'verify',
  ])
})

it.each(['doctor', 'models', 'chat'])('shows the output of %s as it is', async (name) => {
  await using mock = await startMockLMStudio()
  const { command, output } = consoleOf(name)
  const { stdout } = await cli(command.replaceAll(SERVER, mock.url).split(' '))

  expect(stdout.replaceAll(mock.url, SERVER)).toBe(output)
})

it('shows the beginning of the output of verify as it is', async () => {
  await using mock = await startMockLMStudio({ cors: false })
  mock.inject('delay-headers', { path: '/v1/chat/completions' })
  const running = startCLI(['verify', mock.url])
  await running.printed('Lists of models')
  running.interrupt()
  await running.result
  const { output } = consoleOf('verify')

  expect(output.endsWith('\n…\n')).toBe(true)
  expect(running.stdout().replaceAll(mock.url, SERVER).startsWith(output.slice(0, -'…\n'.length))).toBe(true)
})

it.each(['proxy', 'mock'])('shows the output of %s but for the port', async (name) => {
  const { command, output } = consoleOf(name)
  const running = startCLI([...command.split(' '), '--port', '0'])
  await running.printed('Stop with Ctrl+C.')
  running.interrupt()
  await running.result
  const withoutPorts = (text: string): string => text.replaceAll(/(http:\/\/127\.0\.0\.1):\d+/g, '$1')

  expect(withoutPorts(running.stdout())).toBe(withoutPorts(output))
})

it.each(['doctor', 'models', 'chat', 'proxy', 'mock', 'verify'])('names every option of %s', async (name) => {
  const { stdout } = await cli([name, '--help'])
  const options = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)]
    .map(([, option]) => option!)
    .filter((option) => option !== '--help')
  const section = page.split(`\n## ${name}\n`)[1]!.split('\n## ')[0]!

  expect(options.filter((option) => !section.includes(`\`${option}\``))).toEqual([])
})
