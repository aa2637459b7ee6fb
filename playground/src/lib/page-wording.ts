/** Texts of the library for developers, and their wording for this page, where form fields take the place of options. */
export const PAGE_WORDING = [
  ['Set `allowRemote: true`', 'Select “Allow endpoints outside this network”'],
  ['pass it as `apiToken`', 'enter it as API token in Connect'],
  ['Pass the API key of the server as `apiToken`', 'Enter the API key of the server as API token in Connect'],
  ['What arrived of a stream is in `partial`.', 'The text so far is kept.'],
  ['`lms server start`, with `--cors` for web pages', '`lms server start --cors`'],
] as const

/** Rewords a message or hint of the library for this page. */
export function rewordForPage(text: string): string {
  let reworded = text
  for (const [libraryText, pageText] of PAGE_WORDING) reworded = reworded.replace(libraryText, pageText)
  // A command is on a line of its own, so a parenthesis around it would end on the next line.
  reworded = reworded.replaceAll(/ \(in (LM Studio: [^()]*`lms [^`]+`)\)/g, '. In $1')
  // A quoted message of a server often ends with a full stop of its own.
  return reworded.replaceAll(/([.!?…][”"])\.(?=\s|$)|(?<!\.)(\.)\.(?=\s|$)/g, '$1$2')
}
