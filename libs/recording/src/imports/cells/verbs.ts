import type { Verb } from '#contracts';
import { fault, type Read } from './result.js';
import { folded } from './text.js';

/** Words for what happened, as they stand in spreadsheets. */
const WORDS: Readonly<Record<Verb, string>> = {
  enrolled:
    'enrolled|enrolment|enrollment|registered|signed up|eingeschrieben|angemeldet|inscrito|inscrita|matriculado|inscrit|inscrite|iscritto|iscritta|ingeschreven|зачислен|записан|مسجل|已注册|登録',
  started:
    'started|begun|in progress|begonnen|iniciado|en curso|commencé|en cours|iniziato|gestart|начат|بدأ|已开始|開始',
  progressed: 'progressed|progress|fortgeschritten|avanzado|progressé|progredito|продвинулся',
  participated:
    'participated|attended|attendance|present|took part|teilgenommen|anwesend|participó|asistió|asistencia|presente|a participé|participé|présent|présente|participou|partecipato|deelgenomen|aanwezig|участвовал|присутствовал|حضر|参加|出席',
  submitted:
    'submitted|handed in|eingereicht|abgegeben|entregado|rendu|soumis|consegnato|ingeleverd|сдано|提交|提出',
  assessed:
    'assessed|graded|marked|bewertet|benotet|evaluado|calificado|évalué|noté|valutato|beoordeeld|оценен|评估',
  completed:
    'completed|complete|finished|done|yes|true|abgeschlossen|beendet|ja|completado|terminado|finalizado|sí|si|terminé|achevé|complété|oui|concluído|completato|voltooid|afgerond|завершен|завершено|окончил|да|أكمل|مكتمل|نعم|完成|修了|已完成|是',
  passed:
    'passed|pass|bestanden|aprobado|aprobada|apto|réussi|réussie|admis|admise|reçu|aprovado|aprovada|superato|promosso|geslaagd|gehaald|сдал|сдала|зачтено|зачет|ناجح|نجح|通过|合格|及格',
  failed:
    'failed|fail|not passed|nicht bestanden|durchgefallen|suspenso|suspendido|reprobado|no aprobado|no apto|échoué|ajourné|refusé|reprovado|bocciato|non superato|gezakt|niet geslaagd|не сдал|не зачтено|راسب|不合格|不及格|未通过',
  awarded:
    'awarded|granted|verliehen|otorgado|concedido|décerné|obtenu|conferito|toegekend|присужден|授予',
  recognised:
    'recognised|recognized|anerkannt|reconocido|reconnu|reconhecido|riconosciuto|erkend|признан',
  'competency-asserted':
    'competent|competency asserted|skill shown|kompetent|competente|compétent|компетентен',
  withdrew:
    'withdrew|withdrawn|dropped|dropped out|left|abgebrochen|abgemeldet|abandonó|baja|abandonné|desistiu|ritirato|gestopt|отчислен|انسحب|退学|退出',
};

const known = new Map<string, Verb>(
  Object.entries(WORDS).flatMap(([verb, words]) =>
    [verb, ...words.split('|')].map((word) => [folded(word), verb as Verb] as const),
  ),
);
/** Words that say that nothing happened. */
const NOTHING = new Set(
  'no|false|absent|not attended|nein|abwesend|gefehlt|non|absente|ausente|não|нет|不|否|لا|欠席|غائب'
    .split('|')
    .map(folded),
);
const READABLE = 'passed, failed, completed, participated, enrolled';
/** So many letters may differ where one word is suggested for another. */
const DISTANCE_MAX = 2;

export const isVerb = (cell: string): boolean => known.has(folded(cell));

/** What happened, in words of many languages. */
export const verbOf = (cell: string): Read<Verb> => {
  const word = folded(cell);
  const verb = known.get(word);
  if (verb !== undefined) return { value: verb };
  if (NOTHING.has(word))
    return fault(
      'This says that it did not happen, so there is nothing to record.',
      'Leave this row out.',
    );
  const near = word.length > 3 && word.length < 40 ? nearest(word) : undefined;
  return fault(
    'This word for what happened is not known here.',
    near === undefined ? `Write one of these: ${READABLE}.` : `Did you mean "${near}"?`,
  );
};

const nearest = (word: string): string | undefined => {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known.keys()) {
    if (Math.abs(candidate.length - word.length) > DISTANCE_MAX || candidate.length < 4) continue;
    const distance = distanceOf(word, candidate);
    if (distance <= DISTANCE_MAX && (!best || distance < best.distance))
      best = { word: candidate, distance };
  }
  return best?.word;
};

/** Levenshtein. */
const distanceOf = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};
