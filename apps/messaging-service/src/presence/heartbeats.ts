import type { ConnectionsHeld, OpenConnection } from '@plaza/contracts';

/** All that a gateway holds, at one of its heartbeats. */
export interface WholeBeat {
  gatewayId: string;
  beat: number;
  connections: OpenConnection[];
}

/** The parts of one heartbeat that have come. */
interface Gathered {
  beat: number;
  parts: Map<number, OpenConnection[]>;
}

/** Gateways that died between two parts of a heartbeat would stay for ever. */
const GATEWAYS_KEPT = 200;

/** Puts heartbeats that come in parts together. One of which a part is missing is passed over: there is a next one. */
export class Heartbeats {
  private readonly gathered = new Map<string, Gathered>();

  /** Gives the whole once all its parts are there, also for a part that comes again. */
  take({ gatewayId, beat, part, parts, connections }: ConnectionsHeld): WholeBeat | undefined {
    if (parts === 1) return { gatewayId, beat, connections };
    const known = this.gathered.get(gatewayId);
    if (known && known.beat > beat) return undefined;
    const gathered = known?.beat === beat ? known : { beat, parts: new Map() };
    gathered.parts.set(part, connections);
    this.gathered.delete(gatewayId);
    this.gathered.set(gatewayId, gathered);
    this.forgetOldest();
    return gathered.parts.size < parts
      ? undefined
      : { gatewayId, beat, connections: [...gathered.parts.values()].flat() };
  }

  /** To be called once it was stored. */
  forget({ gatewayId, beat }: Pick<WholeBeat, 'gatewayId' | 'beat'>): void {
    if (this.gathered.get(gatewayId)?.beat === beat) this.gathered.delete(gatewayId);
  }

  private forgetOldest(): void {
    const [oldest] = this.gathered.keys();
    if (this.gathered.size > GATEWAYS_KEPT && oldest !== undefined) this.gathered.delete(oldest);
  }
}
