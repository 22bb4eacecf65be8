export { TEST_HEADER } from './deliveries/reception.js';
export { intakeSchema } from './intake-schema.js';
export { recording, recordingWith } from './recording.module.js';
export { RecordingSettings } from './settings.js';
