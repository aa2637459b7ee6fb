import { context } from '../../test/helpers/client.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { textCallFormats } from '../../src/tools/text-call-formats.js'

// What `once` makes in a test counts as tested by that test alone. Made before all tests, it counts for all of them.
errorFromResponse({ status: 418, body: '' }, context)
textCallFormats()
