/** What one upload may hold. Streamed: none of it is ever in memory as a whole. */
export const UPLOAD_BYTES_MAX = 2 * 1024 ** 3;
export const UPLOAD_FILES_MAX = 400;
/** What one client may have lying here, waiting or being read. */
export const CLIENT_BYTES_MAX = 4 * 1024 ** 3;
export const CLIENT_IMPORTS_MAX = 50;
/** An upload that brings nothing for so long has ended; what came of it is deleted later. */
export const UPLOAD_IDLE_MS_MAX = 60_000;
export const UPLOAD_LEFT_MINUTES = 60;
/** Files that nobody confirmed, and the lists of refused rows, are kept for so long. */
export const UNCONFIRMED_DAYS = 7;
export const REFUSALS_DAYS = 30;

/** A piece of a file, as it is sealed and kept. */
export const CHUNK_BYTES = 1024 * 1024;
export const FILE_NAME_MAX = 200;

/** As wide as a sheet may be. What is wider is no table of learning. */
export const COLUMNS_MAX = 500;
/** Excel's own limit for a cell. */
export const CELL_CHARS_MAX = 32_767;
export const COLUMN_NAME_MAX = 200;
/**
 * One row in bytes, of a workbook in characters: an open quote swallows everything after it, and
 * cells of a workbook that share one text unpack it again and again, up to here.
 */
export const ROW_BYTES_MAX = 1024 * 1024;
/** The row of names stands within the first so many. */
export const HEADER_ROWS_MAX = 20;
/** What is looked at to propose a mapping, and what of it is shown. */
export const SAMPLE_ROWS = 50;
export const PREVIEW_ROWS = 10;
export const SAMPLES_SHOWN = 3;
/** Files that the preview looks into; the others are matched by the same names when they are read. */
export const PREVIEW_FILES_MAX = 20;

/** XLSX: parts in the package, what they may unpack to in all, and how much more than packed. */
export const ZIP_ENTRIES_MAX = 10_000;
export const UNPACKED_BYTES_MAX = 4 * 1024 ** 3;
export const UNPACK_RATIO_MAX = 200;
/** Where little is packed, the ratio says nothing. */
export const UNPACK_RATIO_FROM_BYTES = 4 * 1024 ** 2;
/** The texts of a workbook are kept in memory while its rows are read. */
export const SHARED_TEXT_BYTES_MAX = 64 * 1024 ** 2;
export const SHARED_TEXTS_MAX = 4_000_000;
/** Without an end of a tag or text for so long, it is no sheet. */
export const XML_TOKEN_CHARS_MAX = 1024 * 1024;
export const STYLES_MAX = 100_000;
export const SHEETS_MAX = 1_000;

/** Rows recorded at once, and how many such batches are on their way. */
export const BATCH_ROWS = 500;
export const BATCHES_IN_FLIGHT = 4;
/** A batch ends with the row that brings it to so many characters; so does a first look. */
export const BATCH_CHARS_MAX = 4 * 1024 ** 2;
/** Imports that a process reads at the same time, each under a lease of so many seconds. */
export const WORKERS = 2;
export const LEASE_SECONDS = 30;
/** Goes at an import that moved nothing, whoever made them; then it is given up, and says so. */
export const CLAIMS_MAX = 3;
/** An import whose client has used up its quota looks again after this time at the latest. */
export const PAUSE_MS_MAX = 60_000;
export const LOOK_FOR_WORK_MS = 1_000;
export const SWEEP_MS = 60_000;
/** Streams of progress that a process keeps open, how often they look, and for how long. */
export const STREAMS_MAX = 200;
export const STREAM_LOOK_MS = 500;
export const STREAM_BEAT_MS = 15_000;
export const STREAM_MS_MAX = 10 * 60_000;
