import type { MessageHandler } from '@nestjs/microservices';
import { declarationByType } from '@plaza/contracts';
import { type ConsumerDeclaration, type ConsumerOptions, declarationFrom } from './options.js';

/** A method that handles facts. */
export interface FactHandler {
  /** Name of the consumer. */
  consumer: string;
  call: MessageHandler;
  batch: boolean;
  /** The same object for all types that one method handles: facts with the same method form a run. */
  method: object;
}

/** What one consumer handles: type → method. */
export class ConsumerHandlers {
  private readonly byType = new Map<string, FactHandler>();
  private readonly topicNames = new Set<string>();

  constructor(readonly declaration: ConsumerDeclaration) {}

  get name(): string {
    return this.declaration.name;
  }

  /** The topics (without prefix) of all its types. */
  get topics(): string[] {
    return [...this.topicNames].sort();
  }

  find(type: string): FactHandler | undefined {
    return this.byType.get(type);
  }

  /** @throws Error when the type is undeclared or taken, or when the options contradict those of another method */
  add(type: string, call: MessageHandler, options: ConsumerOptions): void {
    const topic = declarationByType(type)?.topic;
    if (!topic) throw new Error(`Consumer ${this.name} handles ${type}, which no contract declares`);
    if (this.byType.has(type)) throw new Error(`Consumer ${this.name} handles ${type} in two methods`);
    this.refuseContradiction(type, options);
    this.byType.set(type, { consumer: this.name, call, batch: options.batch ?? false, method: options });
    this.topicNames.add(topic);
  }

  private refuseContradiction(type: string, options: ConsumerOptions): void {
    const known = JSON.stringify(this.declaration);
    const other = JSON.stringify(declarationFrom(options));
    if (known !== other) throw new Error(`Consumer ${this.name} is declared as ${known}, but for ${type} as ${other}`);
  }
}
