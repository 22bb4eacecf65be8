/**
 * A place between two steps where a process may be made to die, or to dawdle: tests of what
 * survives name it, or roll dice at every one. Returns nothing to wait for where it is off.
 */
export type Failpoint = (name: string) => void | Promise<void>;

/** What failpoints ask of the process they are in; tests give their own. */
export interface FailpointHost {
  /** Ends this process at once, as a power cut would. */
  readonly kill: () => void;
  /** Returns after so many milliseconds. */
  readonly delay: (ms: number) => Promise<void>;
}

const host: FailpointHost = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  delay: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
};
const never = new Promise<void>(() => undefined);

/** Nothing happens anywhere. */
const off: Failpoint = () => undefined;

/** Dies when it passes the point `name` for the nth time: `name` or `name:n`. */
const atPoint = (setting: string, { kill }: FailpointHost): Failpoint => {
  const [point, count = '1'] = setting.split(':');
  let left = Number(count);
  return (name) => {
    if (name !== point || --left > 0) return undefined;
    kill();
    return never;
  };
};

/** What `seed=7,kill=0.004,delay=0.03:15` says; a part that is left out never happens. */
interface Dice {
  readonly seed: number;
  /** How likely a point kills, from 0 to 1. */
  readonly kill: number;
  /** How likely a point waits, and for how many milliseconds at most. */
  readonly delay: number;
  readonly delayMs: number;
  /** Only points whose name begins so. */
  readonly at: string;
}

const chance = (text: string, setting: string): number => {
  const value = text === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= 1)) throw new Error(`FAILPOINTS: "${setting}" is no probability.`);
  return value;
};

const parseDice = (setting: string): Dice => {
  let dice: Dice = { seed: 0, kill: 0, delay: 0, delayMs: 0, at: '' };
  for (const part of setting.split(',')) {
    const [key, value = ''] = part.split('=');
    if (key === 'seed') dice = { ...dice, seed: Number(value) };
    else if (key === 'kill') dice = { ...dice, kill: chance(value, part) };
    else if (key === 'at') dice = { ...dice, at: value };
    else if (key === 'delay') {
      const [delay = '', ms = '15'] = value.split(':');
      dice = { ...dice, delay: chance(delay, part), delayMs: Number(ms) };
    } else throw new Error(`FAILPOINTS: "${part}" is not understood.`);
  }
  if (!Number.isFinite(dice.seed + dice.delayMs)) throw new Error('FAILPOINTS: not a number.');
  return dice;
};

/** mulberry32: one seed gives one run of numbers from 0 to 1. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Rolls two dice at every point it passes. */
const byDice = (setting: string, { kill, delay }: FailpointHost): Failpoint => {
  const dice = parseDice(setting);
  const random = randomFrom(dice.seed);
  return (name) => {
    if (!name.startsWith(dice.at)) return undefined;
    if (random() < dice.kill) {
      kill();
      return never;
    }
    return random() < dice.delay ? delay(random() * dice.delayMs) : undefined;
  };
};

/**
 * The failpoints that an environment asks for. FAILPOINT names one, and which pass of it kills;
 * FAILPOINTS rolls dice at all of them, the same ones for the same seed. Throws for what it does
 * not understand.
 * @example failpointFrom({ FAILPOINTS: 'seed=7,kill=0.004,delay=0.03:15' })
 */
export const failpointFrom = (
  env: { readonly FAILPOINT?: string | undefined; readonly FAILPOINTS?: string | undefined },
  actions: FailpointHost = host,
): Failpoint => {
  if (env.FAILPOINT) return atPoint(env.FAILPOINT, actions);
  return env.FAILPOINTS ? byDice(env.FAILPOINTS, actions) : off;
};

/** This process' failpoints, as its environment says. */
export const failpoint: Failpoint = failpointFrom(process.env);
