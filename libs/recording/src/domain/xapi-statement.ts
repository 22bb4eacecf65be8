/** A statement as xAPI 1.0.3 and 2.0 define it (§4), already checked for its form. */
export type LanguageMap = Readonly<Record<string, string>>;
type Extensions = Readonly<Record<string, unknown>>;

export interface StatementActor {
  readonly objectType?: 'Agent' | 'Group';
  readonly name?: string;
  readonly mbox?: string;
  readonly mbox_sha1sum?: string;
  readonly openid?: string;
  readonly account?: { readonly homePage: string; readonly name: string };
  readonly member?: readonly StatementActor[];
}

interface InteractionComponent {
  readonly id: string;
  readonly description?: LanguageMap;
}

export interface StatementActivity {
  readonly objectType?: 'Activity';
  readonly id: string;
  readonly definition?: {
    readonly name?: LanguageMap;
    readonly description?: LanguageMap;
    readonly type?: string;
    readonly moreInfo?: string;
    readonly extensions?: Extensions;
    readonly interactionType?: string;
    readonly correctResponsesPattern?: readonly string[];
    readonly choices?: readonly InteractionComponent[];
    readonly scale?: readonly InteractionComponent[];
    readonly source?: readonly InteractionComponent[];
    readonly target?: readonly InteractionComponent[];
    readonly steps?: readonly InteractionComponent[];
  };
}

export interface StatementScore {
  readonly scaled?: number;
  readonly raw?: number;
  readonly min?: number;
  readonly max?: number;
}

interface StatementRef {
  readonly objectType: 'StatementRef';
  readonly id: string;
}

/** One activity means a list of one. */
type Activities = StatementActivity | readonly StatementActivity[];

export interface StatementContext {
  readonly registration?: string;
  readonly instructor?: StatementActor;
  readonly team?: StatementActor;
  readonly contextActivities?: {
    readonly parent?: Activities;
    readonly grouping?: Activities;
    readonly category?: Activities;
    readonly other?: Activities;
  };
  /** 2.0 only, as are the groups. */
  readonly contextAgents?: readonly {
    readonly agent: StatementActor;
    readonly relevantTypes?: readonly string[];
  }[];
  readonly contextGroups?: readonly {
    readonly group: StatementActor;
    readonly relevantTypes?: readonly string[];
  }[];
  readonly revision?: string;
  readonly platform?: string;
  readonly language?: string;
  readonly statement?: StatementRef;
  readonly extensions?: Extensions;
}

export interface StatementAttachment {
  readonly usageType: string;
  readonly display: LanguageMap;
  readonly description?: LanguageMap;
  readonly contentType: string;
  readonly length: number;
  readonly sha2: string;
  readonly fileUrl?: string;
}

interface Said {
  readonly actor: StatementActor;
  readonly verb: { readonly id: string; readonly display?: LanguageMap };
  readonly result?: {
    readonly score?: StatementScore;
    readonly success?: boolean;
    readonly completion?: boolean;
    readonly response?: string;
    readonly duration?: string;
    readonly extensions?: Extensions;
  };
  readonly context?: StatementContext;
  readonly timestamp?: string;
  readonly attachments?: readonly StatementAttachment[];
}

type Thing =
  | StatementActivity
  | StatementRef
  | (Omit<StatementActor, 'objectType'> & { readonly objectType: 'Agent' })
  | (Omit<StatementActor, 'objectType'> & { readonly objectType: 'Group' });

/** A statement inside a statement: what somebody means to do, for one. */
export interface SubStatement extends Said {
  readonly objectType: 'SubStatement';
  readonly object: Thing;
}

export interface Statement extends Said {
  readonly id?: string;
  readonly object: Thing | SubStatement;
  /** These three are the store's to set; what a client sends there is overwritten. */
  readonly stored?: string;
  readonly authority?: StatementActor;
  readonly version?: string;
}
