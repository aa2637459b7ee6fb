import { fileTokens, type TextFile } from '../../chat/text-file.js'
import { count } from '../../lib/format.js'
import { IconButton } from '../../ui/button.js'
import { Icon } from '../../ui/icon.js'

interface AttachmentsProps {
  readonly files: readonly TextFile[]
  readonly onRemove?: (index: number) => void
}

/** Text files with their estimated number of tokens. */
export function Attachments({ files, onRemove }: AttachmentsProps) {
  return (
    <ul class="attachments" aria-label="Files">
      {files.map((file, index) => (
        <li key={index}>
          <Icon name="file" />
          <span class="attachment-name">{file.name}</span>
          <span class="quiet small" title="Estimated from the number of characters">
            ≈ {count(fileTokens(file))} tokens
          </span>
          {onRemove !== undefined && (
            <IconButton icon="close" label={`Remove ${file.name}`} onClick={() => onRemove(index)} />
          )}
        </li>
      ))}
    </ul>
  )
}
