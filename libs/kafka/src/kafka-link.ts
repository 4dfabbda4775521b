/** Whether this service reaches Kafka. Consumers, who are connected all the time, know best; else the last try tells. */
export class KafkaLink {
  private reached = false;
  private seen = false;
  private consumersRun: () => boolean | undefined = () => undefined;

  get connected(): boolean {
    const connected = this.consumersRun() ?? this.reached;
    this.seen ||= connected;
    return connected;
  }

  /** Kafka has answered at least once since the start. */
  get seenOnce(): boolean {
    return this.connected || this.seen;
  }

  up(): void {
    this.reached = true;
    this.seen = true;
  }

  down(): void {
    this.reached = false;
  }

  /** `run` says whether a consumer is running, or undefined where there is none. */
  askConsumers(run: () => boolean | undefined): void {
    this.consumersRun = run;
  }
}
