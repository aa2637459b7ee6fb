/**
 * Makes each call and returns how it ends: the code of its error or its diagnosis, or `ok`, and the hint of the error.
 *
 * @param {typeof import('lmstudio-provider')} library
 * @param {string} endpoint
 */
export async function accessCodes({ createLMStudio, diagnose, ProviderError }, endpoint) {
  const options = { endpoint, cache: /** @type {const} */ (false), maxRetries: 0, timeout: 5_000 }
  const lmstudio = createLMStudio(options)
  let hint = ''
  const listModels = await lmstudio.listModels().then(
    () => 'ok',
    (error) => {
      if (!ProviderError.isInstance(error)) throw error
      hint = error.hint
      return error.code
    },
  )
  const { diagnosis } = await lmstudio.healthCheck()
  return { listModels, healthCheck: diagnosis?.code ?? 'ok', diagnose: (await diagnose(options)).code, hint }
}
