/** Texts of the library for developers, and their wording for this page, where form fields take the place of options. */
export const PAGE_WORDING = [
  ['Set `allowRemote: true`', 'Select “Allow endpoints outside this network”'],
  ['pass it as `apiToken`', 'enter it as API token in Connect'],
  ['Pass the API key of the server as `apiToken`', 'Enter the API key of the server as API token in Connect'],
  ['What arrived of a stream is in `partial`.', 'The text so far is kept.'],
  [
    'Start the server (in LM Studio: Developer tab, or run `lms server start`, with `--cors` for web pages).',
    'Start the server in the Developer tab of LM Studio, or run `lms server start --cors`.',
  ],
] as const

/** Rewords a message or hint of the library for this page. */
export function rewordForPage(text: string): string {
  let reworded = text
  for (const [libraryText, pageText] of PAGE_WORDING) reworded = reworded.replace(libraryText, pageText)
  // A quoted message of a server often ends with a full stop of its own.
  return reworded.replaceAll(/([.!?…][”"])\.(?=\s|$)|(?<!\.)(\.)\.(?=\s|$)/g, '$1$2')
}
