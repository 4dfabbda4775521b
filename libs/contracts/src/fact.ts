import 'reflect-metadata';
import { FactUnknown } from './errors.js';

export type ServiceName =
  | 'user-service'
  | 'social-service'
  | 'post-service'
  | 'event-service'
  | 'messaging-service'
  | 'notification-service'
  | 'api-gateway';

/** What a topic is for, and so how long Kafka keeps it: see topics.ts. */
export type TopicKind = 'state' | 'stream' | 'brief' | 'ephemeral';

export interface FactOptions<T extends object> {
  /** `<aggregate>.<past tense>`; an incompatible successor ends in `.v2`. */
  type: string;
  topic: string;
  kind: TopicKind;
  /** Several where what one reader wants in one order comes from several services: see ADR 0012. */
  producer: ServiceName | readonly ServiceName[];
  /** The aggregate's id: facts with the same key keep their order. */
  key(fact: T): string;
  /**
   * Why nobody publishes it yet, or not all of its producers do, for a fact that consumers must be ready for. Without this,
   * having no producer is an error.
   */
  planned?: string;
}

export type FactClass<T extends object = object> = new () => T;

export interface FactDeclaration<T extends object = object> extends Omit<FactOptions<T>, 'producer'> {
  producers: readonly ServiceName[];
  payload: FactClass<T>;
  /** The URI in `ce_dataschema` and the `$id` of the JSON Schema. */
  schemaId: string;
}

const byType = new Map<string, FactDeclaration>();
const byClass = new Map<unknown, FactDeclaration>();

/**
 * Declares a class as the payload of a fact. Its class-validator rules are the single truth about the payload: types, JSON
 * Schema and the validation on both sides come from them.
 * @throws Error when the type is taken, or when facts of one topic disagree about kind or producer
 */
export function Fact<T extends object>(options: FactOptions<T>): (target: FactClass<T>) => void {
  return (target) => {
    const { producer, ...rest } = options;
    const producers: readonly ServiceName[] = [producer].flat();
    refuseContradictions({ ...rest, producers });
    const declaration = { ...rest, producers, payload: target, schemaId: `urn:plaza:fact:${options.type}` };
    byType.set(options.type, declaration as unknown as FactDeclaration);
    byClass.set(target, declaration as unknown as FactDeclaration);
  };
}

function refuseContradictions(options: Pick<FactDeclaration, 'type' | 'topic' | 'kind' | 'producers'>): void {
  const { type, topic, kind, producers } = options;
  if (byType.has(type)) throw new Error(`Fact type ${type} is declared twice`);
  const neighbour = declaredFacts().find((other) => other.topic === topic);
  if (neighbour && (neighbour.kind !== kind || String(neighbour.producers) !== String(producers))) {
    throw new Error(`${type} and ${neighbour.type} share topic ${topic} but differ in kind or producer`);
  }
}

/**
 * The declaration of a fact or of its class.
 * @throws FactUnknown for a class without `@Fact`
 */
export function declarationOf(fact: object | FactClass): FactDeclaration {
  const declaration = byClass.get(typeof fact === 'function' ? fact : fact.constructor);
  if (declaration) return declaration;
  const name = typeof fact === 'function' ? fact.name : fact.constructor?.name;
  throw new FactUnknown(`${name ?? 'An object without a class'} is not declared with @Fact`);
}

/** The declaration of a fact type, or undefined for one that nobody declares. */
export function declarationByType(type: string): FactDeclaration | undefined {
  return byType.get(type);
}

/** All declared facts, in the order of their types. */
export function declaredFacts(): readonly FactDeclaration[] {
  return [...byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** Builds a fact from its values: `fact(UserCreated, { ... })`. It is validated where it is produced. */
export function fact<T extends object>(payload: FactClass<T>, values: T): T {
  return Object.assign(Object.create(payload.prototype), values);
}
