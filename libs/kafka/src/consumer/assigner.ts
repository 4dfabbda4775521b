import { type Assigner, AssignerProtocol, type Assignment, type Cluster, type GroupMember } from 'kafkajs';

const { MemberMetadata, MemberAssignment } = AssignerProtocol;
const protocolVersion = 0;

/** A member of a group, and what it asks for. */
export interface Subscriber {
  memberId: string;
  topics: string[];
  /** What it was reading until now. */
  holds: Assignment;
}

/**
 * Gives a topic's partitions to those members only that subscribe to it. (kafkajs's own assigner gives the leader's topics to
 * everybody: while two versions of a service run, a topic that only the new one knows is read by nobody.)
 */
export function plazaAssigner(cluster: Cluster, holds: () => Assignment): Assigner {
  return {
    name: 'plaza',
    version: protocolVersion,
    protocol: ({ topics }) => ({ name: 'plaza', metadata: encode(topics, holds()) }),
    async assign({ members }) {
      const subscribers = members.map(decode);
      const topics = [...new Set(subscribers.flatMap((member) => member.topics))].sort();
      await cluster.addMultipleTargetTopics(topics);
      const partitions = topics.map((topic) => {
        return [topic, cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)] as const;
      });
      return [...assign(subscribers, new Map(partitions))].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: protocolVersion, assignment, userData: Buffer.alloc(0) }),
      }));
    },
  };
}

/**
 * Shares partitions among subscribers: evenly, and as far as that allows each stays with who has it.
 * Returns member id → topic → partitions, with an entry for every member.
 */
export function assign(members: Subscriber[], partitions: Map<string, number[]>): Map<string, Assignment> {
  const shares = new Map(members.map(({ memberId }): [string, Assignment] => [memberId, {}]));
  const loads = new Map(members.map(({ memberId }) => [memberId, 0]));
  const give = (memberId: string, topic: string, partition: number) => {
    const share = shares.get(memberId);
    if (share) share[topic] = [...(share[topic] ?? []), partition];
    loads.set(memberId, (loads.get(memberId) ?? 0) + 1);
  };
  const all = [...partitions].flatMap(([topic, ids]) => ids.toSorted((a, b) => a - b).map((id) => ({ topic, id })));
  const sure = Math.floor(all.length / Math.max(members.length, 1));
  const left = all.filter(({ topic, id }) => {
    const keeper = keeperOf(members, topic, id);
    if (!keeper || (loads.get(keeper.memberId) ?? 0) >= sure) return true;
    give(keeper.memberId, topic, id);
    return false;
  });
  // Those that few may take come first: who could have them should not be full by then.
  const takers = (topic: string) => members.filter((member) => member.topics.includes(topic)).length;
  for (const { topic, id } of left.toSorted((a, b) => takers(a.topic) - takers(b.topic))) {
    const taker = leastLoaded(members, loads, topic, id);
    if (taker) give(taker.memberId, topic, id);
  }
  return shares;
}

function keeperOf(members: Subscriber[], topic: string, partition: number): Subscriber | undefined {
  return members.find((member) => member.topics.includes(topic) && member.holds[topic]?.includes(partition));
}

function leastLoaded(
  members: Subscriber[],
  loads: Map<string, number>,
  topic: string,
  partition: number,
): Subscriber | undefined {
  const rank = (member: Subscriber) => {
    const held = member.holds[topic]?.includes(partition) ? 0 : 1;
    return [loads.get(member.memberId) ?? 0, held, member.memberId] as const;
  };
  return members
    .filter((member) => member.topics.includes(topic))
    .toSorted((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      return x[0] - y[0] || x[1] - y[1] || (x[2] < y[2] ? -1 : 1);
    })[0];
}

function encode(topics: string[], holds: Assignment): Buffer {
  return MemberMetadata.encode({ version: protocolVersion, topics, userData: Buffer.from(JSON.stringify(holds)) });
}

function decode({ memberId, memberMetadata }: GroupMember): Subscriber {
  const metadata = MemberMetadata.decode(memberMetadata);
  const userData = metadata?.userData;
  return { memberId, topics: metadata?.topics ?? [], holds: userData?.length ? JSON.parse(userData.toString()) : {} };
}
