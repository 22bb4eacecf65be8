import { describeLog } from './testing/log-contract.js';
import { usingLogs } from './testing/using-logs.js';

describeLog(usingLogs());
