import type { ComponentChildren } from 'preact'
import { Badge, type Tone } from './badge.js'
import { Button } from './button.js'
import './run.css'

interface RunHeadProps {
  readonly tone: Tone
  /** The state of the run, which screen readers announce. */
  readonly state: string
  /** Figures such as the duration; empty parts are left out. */
  readonly facts?: readonly (string | false | undefined)[]
  /** Links next to the figures. */
  readonly children?: ComponentChildren
}

/** The first line of a result: the state of the run and its figures. */
export function RunHead({ tone, state, facts = [], children }: RunHeadProps) {
  return (
    <div class="run-head">
      <span role="status">
        <Badge tone={tone} dot>
          {state}
        </Badge>
      </span>
      <span class="quiet small run-facts">
        {facts.filter(Boolean).join(' · ')}
        {children}
      </span>
    </div>
  )
}

interface RunButtonsProps {
  readonly isRunning: boolean
  readonly canStart: boolean
  readonly onStop: () => void
  /** @default `'Run'` */
  readonly label?: string
  /** More buttons, or why the run cannot start. */
  readonly children?: ComponentChildren
}

/** The button that submits the form around it, or stops what it started. */
export function RunButtons({ isRunning, canStart, onStop, label = 'Run', children }: RunButtonsProps) {
  return (
    <div class="row">
      {/* Keys: without them, Preact reuses the element, and the click on Stop would submit the form. */}
      {isRunning ? (
        <Button key="stop" icon="stop" onClick={onStop}>
          Stop
        </Button>
      ) : (
        <Button key="start" type="submit" kind="primary" icon="play" disabled={!canStart}>
          {label}
        </Button>
      )}
      {children}
    </div>
  )
}
