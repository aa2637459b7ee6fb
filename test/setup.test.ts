import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { describe, expect, it } from 'vitest'

describe('every test', () => {
  it('has an empty home folder and no variables of ours', () => {
    expect(readdirSync(homedir())).toEqual([])
    expect(process.env['XDG_CONFIG_HOME']).toBe(homedir())
    expect(Object.keys(process.env).filter((name) => /^LM(?!STUDIO_VERIFY_)/.test(name))).toEqual([])
  })

  it.fails('fails if it connects to port 1234', () => void connect(1234, '127.0.0.1'))

  it.fails('fails if the code under test ignores the refused connection', async () => {
    await fetch('http://127.0.0.1:1234/').catch(() => {})
  })
})
