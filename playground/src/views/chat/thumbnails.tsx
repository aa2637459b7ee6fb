import { IconButton } from '../../ui/button.js'

interface ThumbnailsProps {
  readonly images: readonly string[]
  readonly onRemove?: (index: number) => void
}

export function Thumbnails({ images, onRemove }: ThumbnailsProps) {
  return (
    <ul class="thumbnails" aria-label="Images">
      {images.map((image, index) => (
        <li key={index}>
          <img src={image} alt={`Image ${index + 1}`} />
          {onRemove !== undefined && (
            <IconButton icon="close" label={`Remove image ${index + 1}`} onClick={() => onRemove(index)} />
          )}
        </li>
      ))}
    </ul>
  )
}
