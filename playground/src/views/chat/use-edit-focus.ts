import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** Restores the focus to the edit button after editing. */
export function useEditFocus(isEdited: boolean): RefObject<HTMLElement | null> {
  const article = useRef<HTMLElement>(null)
  const wasEdited = useRef(false)
  useEffect(() => {
    if (wasEdited.current && !isEdited) article.current?.querySelector<HTMLElement>('[data-edit]')?.focus()
    wasEdited.current = isEdited
  }, [isEdited])
  return article
}
