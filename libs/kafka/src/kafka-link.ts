/** Whether this service reaches Kafka, as those who last tried have seen it. */
export class KafkaLink {
  connected = false;
  /** Kafka has answered at least once since the start. */
  seenOnce = false;

  up(): void {
    this.connected = true;
    this.seenOnce = true;
  }

  down(): void {
    this.connected = false;
  }
}
