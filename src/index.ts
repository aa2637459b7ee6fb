export { createLMStudio } from './provider.js'
export { diagnose, type DiagnoseOptions } from './server/diagnose.js'
export { discover, type DiscoverOptions } from './server/discover.js'
export { cosineSimilarity } from './embeddings/cosine-similarity.js'
export { createConversation } from './native/conversation.js'
export { memoryCache } from './cache/memory-cache.js'
export { indexedDBCache } from './cache/indexeddb-cache.js'
export { noCache } from './cache/no-cache.js'
export { generateObject } from './objects/generate-object.js'
export { streamObject } from './objects/stream-object.js'
export { runTools, streamTools } from './tools/run-tools.js'
export { tool } from './tools/tool.js'
export * from './errors/index.js'

export type { LMStudioOptions } from './config/options.js'
export type { CacheAdapter } from './types/cache.js'
export type { CallOptions, HeadersLike } from './types/call-options.js'
export type {
  ChatEvent,
  ChatOutputItem,
  ChatRequest,
  ChatResponse,
  ChatSettings,
  ChatStats,
  ChatStream,
  Conversation,
  ConversationSettings,
  ConversationTurn,
  EphemeralMCPIntegration,
  Integration,
  InvalidToolCall,
  PartialChat,
  PluginIntegration,
  ReasoningSetting,
  SavedConversation,
  ServerToolCall,
  ToolSource,
} from './types/chat.js'
export type {
  CompletionEvent,
  CompletionRequest,
  CompletionResponse,
  CompletionSettings,
  CompletionStats,
  CompletionStream,
  FinishReason,
  MeasuredBy,
  MessagesRequest,
  PartialCompletion,
  PromptRequest,
  ResponseFormat,
  ToolChoice,
  Usage,
} from './types/completion.js'
export type { Diagnosis, DiagnosisCode } from './types/diagnosis.js'
export type { Discovery } from './types/discovery.js'
export type { EmbeddingRequest, EmbeddingResponse, PartialEmbeddings } from './types/embeddings.js'
export type {
  DownloadOptions,
  DownloadProgress,
  DownloadResult,
  LoadConfig,
  LoadedModel,
  LoadSettings,
} from './types/lifecycle.js'
export type { LogEvent } from './types/log.js'
export type {
  AssistantMessage,
  ContentPart,
  ImagePart,
  JSONSchema,
  Message,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolCallInput,
  ToolDefinition,
  ToolMessage,
  UserMessage,
} from './types/messages.js'
export type { ModelCapabilities, ModelInfo, ModelInstance, ModelsAPI, ModelType } from './types/models.js'
export type { DeepPartial, ObjectRequest, ObjectResponse, ObjectStream } from './types/objects.js'
export type { HealthReport, LMStudioProvider, ModelProvider } from './types/provider.js'
export type {
  RespondEvent,
  RespondOutputItem,
  RespondRequest,
  RespondResponse,
  RespondStream,
  RespondUsage,
} from './types/responses.js'
export type {
  TextCompletionEvent,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
} from './types/text-completion.js'
export type { InferSchema, Schema, StandardSchemaV1 } from './types/standard-schema.js'
export type {
  RunToolsRequest,
  RunToolsResult,
  Tool,
  ToolContext,
  ToolInit,
  ToolLoopSettings,
  ToolResult,
  ToolsEvent,
  ToolsStream,
  ToolStep,
} from './types/tools.js'
