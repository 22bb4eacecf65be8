import { intakeTopicOf } from '#contracts';
import { intakeTopics } from '../kafka-topics.js';
import type { Messaging } from '../messaging.js';
import { eventually } from './eventually.js';
import type { IntakeClient } from './intake-client.js';
import { type IntakeSystem, some } from './intake-system.js';

const TOPIC = intakeTopicOf('uni');

/** An intake topic of which 50 messages were read, and that is then made anew, or trimmed. */
export class RemadeTopic {
  private constructor(
    readonly system: IntakeSystem,
    readonly uni: IntakeClient,
  ) {}

  static async begin(system: IntakeSystem): Promise<RemadeTopic> {
    const reader = await system.start();
    const topic = new RemadeTopic(system, await system.connect());
    await topic.send(some(50));
    await topic.uni.answered(50);
    await reader.stop();
    return topic;
  }

  /** All to one partition, so that offsets are known. */
  send(names: readonly string[]): Promise<void> {
    return this.uni.send(names.map((value) => ({ key: `key-${value}`, value, partition: 0 })));
  }

  remake(): Promise<void> {
    return this.system.kafka.remake([TOPIC], intakeTopics('uni'));
  }

  /** Takes away what lies before an offset, as time does. */
  async trimTo(offset: number): Promise<void> {
    const topic = `${this.system.kafka.prefix}${TOPIC}`;
    const admin = this.system.kafka.kafka.admin();
    await admin.connect();
    // Without it kafkajs does not know who leads the partition.
    await admin.fetchTopicOffsets(topic);
    const partitions = [{ partition: 0, offset: `${offset}` }];
    await admin.deleteTopicRecords({ topic, partitions });
    await admin.disconnect();
  }

  /** Starts a reader and waits for names. Out: what it was asked to take in, and how often anew. */
  async after(names: readonly string[]) {
    const { register } = this.system;
    register.asked.length = 0;
    const messaging = await this.system.start();
    const areTaken = () => names.every((name) => register.asked.includes(name));
    await eventually(areTaken, Boolean, 40_000);
    const asked = [...new Set(register.asked)].toSorted();
    return { messaging, taken: [asked, timesAnew(messaging)] };
  }
}

export const timesAnew = (messaging: Messaging) => messaging.status().projections[0]?.topicsAnew;
