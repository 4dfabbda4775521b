export { type AsyncApiDocument, asyncapi } from './asyncapi.js';
export {
  type FactEnvelope,
  factContentType,
  factHeader,
  factHeaders,
  type RawHeaders,
  readHeaders,
} from './envelope.js';
export { FactInvalid, FactUnknown, FactUnreadable } from './errors.js';
export {
  declarationByType,
  declarationOf,
  declaredFacts,
  Fact,
  type FactClass,
  type FactDeclaration,
  type FactOptions,
  fact,
  type ServiceName,
  type TopicKind,
} from './fact.js';
export * from './messaging.facts.js';
export * from './notification.facts.js';
export * from './post.facts.js';
export { Nested, Nullable } from './rules.js';
export { type JsonSchema, schemaOf } from './schema.js';
export * from './social.facts.js';
export * from './stream.facts.js';
export * from './stream.frames.js';
export { declaredTopics, type TopicDeclaration } from './topics.js';
export * from './user.facts.js';
export { parseFact, validateFact } from './validation.js';
