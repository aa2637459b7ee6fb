import { useEffect, useState } from 'preact/hooks'
import { Button } from './button.js'
import { copyText } from './copy-text.js'

const COPIED_MS = 2_000

interface CopyButtonProps {
  readonly text: string | (() => string)
  /** The accessible name is `label` plus this; `''` if the label is enough. */
  readonly what: string
  /** @default `'Copy'` */
  readonly label?: string
}

export function CopyButton({ text, what, label = 'Copy' }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(setCopied, COPIED_MS, false)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async (): Promise<void> => {
    if (await copyText(typeof text === 'string' ? text : text())) setCopied(true)
  }
  return (
    <Button
      kind="quiet"
      small
      icon={isCopied ? 'check' : 'copy'}
      aria-label={`${label} ${what}`.trim()}
      onClick={() => void copy()}
    >
      {isCopied ? 'Copied' : label}
    </Button>
  )
}
