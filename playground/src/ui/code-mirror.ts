import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Annotation, Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state'
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type DecorationSet,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'

export interface Editor {
  /** Replaces the text, unless it is the same. */
  setText(text: string): void
  /** Marks lines, counted from 1. */
  markLines(lines: readonly number[]): void
  setAttributes(attributes: Readonly<Record<string, string>>): void
  /** Selects a line and focuses the editor. */
  selectLine(line: number): void
  /** Focuses the editor with the cursor at an offset. */
  focusAt(offset: number): void
  destroy(): void
}

interface EditorOptions {
  readonly text: string
  readonly language: 'json' | 'javascript'
  readonly attributes: Readonly<Record<string, string>>
  readonly onInput: (text: string) => void
}

const LANGUAGES: Readonly<Record<EditorOptions['language'], () => Extension>> = { json, javascript }

const setMarks = StateEffect.define<readonly number[]>()
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(current, { changes, effects, state }) {
    const effect = effects.find((one) => one.is(setMarks))
    if (effect === undefined) return current.map(changes)
    const line = Decoration.line({ class: 'cm-problem' })
    const numbers = effect.value.filter((number) => number <= state.doc.lines)
    return Decoration.set(
      numbers.map((number) => line.range(state.doc.line(number).from)),
      true,
    )
  },
  provide: (field) => EditorView.decorations.from(field),
})

/** Marks a change that did not come from the user. */
const isOurs = Annotation.define<boolean>()

// The custom properties of the page's theme also apply inside a shadow root.
const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--raised)', fontSize: '0.84rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 12px' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--quiet)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-problem': { backgroundColor: 'var(--bad-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', color: 'inherit' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-panel.cm-search': { padding: '8px 28px 8px 10px', fontFamily: 'var(--body)' },
  '.cm-textfield, .cm-button': {
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    background: 'var(--raised)',
    color: 'var(--text)',
    font: 'inherit',
    padding: '3px 8px',
  },
  '.cm-panel.cm-search [name=close]': { color: 'var(--text)', fontSize: '1.2rem', cursor: 'pointer' },
  '.cm-tooltip': { border: '1px solid var(--line)', backgroundColor: 'var(--raised)', color: 'var(--text)' },
})

const colors = HighlightStyle.define([
  {
    tag: [tags.propertyName, tags.definition(tags.variableName), tags.function(tags.variableName)],
    color: 'var(--accent)',
  },
  { tag: [tags.string, tags.regexp], color: 'var(--ok)' },
  { tag: [tags.number, tags.escape], color: 'var(--bad)' },
  { tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword], color: 'var(--info)' },
  { tag: tags.comment, color: 'var(--quiet)' },
  { tag: tags.invalid, color: 'var(--bad)', textDecoration: 'underline wavy' },
])

/** The selection of the page, which can be newer than that of the editor. Only Chromium reports it for a shadow root. */
function selectionOf(view: EditorView): { readonly from: number; readonly to: number } {
  const { getSelection } = view.root as { getSelection?: () => Selection | null }
  const range = getSelection?.call(view.root)
  if (!range?.anchorNode || !range.focusNode || !view.contentDOM.contains(range.anchorNode))
    return view.state.selection.main
  const ends = [view.posAtDOM(range.anchorNode, range.anchorOffset), view.posAtDOM(range.focusNode, range.focusOffset)]
  return { from: Math.min(...ends), to: Math.max(...ends) }
}

/**
 * Replaces a selection with typed text. If the browser did it, Chromium would join the lines with `<span style>`, which the
 * Content-Security-Policy forbids.
 */
const replaceSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data } = event
    const { from, to } = selectionOf(view)
    if (inputType !== 'insertText' || data === null || view.composing || from === to) return false
    const insert = () =>
      view.state.update({
        changes: { from, to, insert: data },
        selection: { anchor: from + data.length },
        userEvent: 'input.type',
        scrollIntoView: true,
      })
    const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert))
    if (!isHandled) view.dispatch(insert())
    return true
  },
})

/**
 * Creates a code editor in a shadow root: there CodeMirror adopts its style sheet, while in the page it would insert a
 * `<style>` element, which the Content-Security-Policy forbids.
 */
export function createEditor(root: ShadowRoot, { text, language, attributes, onInput }: EditorOptions): Editor {
  const contentAttributes = new Compartment()
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        search({ top: true }),
        highlightSelectionMatches(),
        EditorState.tabSize.of(2),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
        LANGUAGES[language](),
        syntaxHighlighting(colors),
        theme,
        marks,
        replaceSelection,
        contentAttributes.of(EditorView.contentAttributes.of(attributes)),
        EditorView.updateListener.of(({ docChanged, state, transactions }) => {
          if (docChanged && !transactions.some((one) => one.annotation(isOurs) === true)) onInput(state.doc.toString())
        }),
      ],
    }),
  })
  return {
    setText(next) {
      if (next === view.state.doc.toString()) return
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        selection: { anchor: 0 },
        annotations: isOurs.of(true),
      })
      // Otherwise the new text stays scrolled to where the cursor was. `scrollIntoView` would scroll the page as well.
      view.scrollDOM.scrollTo(0, 0)
    },
    markLines: (lines) => view.dispatch({ effects: setMarks.of(lines) }),
    setAttributes: (next) =>
      view.dispatch({ effects: contentAttributes.reconfigure(EditorView.contentAttributes.of(next)) }),
    selectLine(number) {
      const { from, to } = view.state.doc.line(Math.min(number, view.state.doc.lines))
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true })
      view.focus()
    },
    focusAt(offset) {
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) } })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}
