import { describeOutages } from './testing/outage-contract.js';
import { usingLogs } from './testing/using-logs.js';

describeOutages(usingLogs());
