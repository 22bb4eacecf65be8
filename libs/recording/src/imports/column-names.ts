import type { ImportField } from '#contracts';
import { folded } from './cells/text.js';

/** What columns are called in spreadsheets of many languages, by what they mean. */
const NAMES: Readonly<Partial<Record<ImportField, string>>> = {
  learner:
    'learner|learner id|student|student id|student number|student no|user|user id|userid|username|login|account|member id|member|card number|library card|card|employee id|employee|personnel number|participant|participant id|candidate|candidate number|matriculation number|lernende|lernender|student in|studierende|matrikelnummer|matrikel|kennung|benutzer|benutzername|teilnehmer|teilnehmernummer|personalnummer|mitarbeiternummer|ausweisnummer|ausweis|karte|kartennummer|carte|numéro de carte|tarjeta|carné|tessera|cartão|kaartnummer|alumno|id alumno|estudiante|matrícula|expediente|usuario|número de estudiante|dni|participante|apprenant|étudiant|numéro étudiant|identifiant|matricule|utilisateur|studente|matricola|utente|aluno|estudante|número de aluno|utilizador|deelnemer|studentnummer|gebruiker|студент|учащийся|слушатель|логин|номер студента|табельный номер|الطالب|رقم الطالب|المتعلم|اسم المستخدم|学号|学生|学员|用户名|学籍番号|学習者|受講者|छात्र|छात्र संख्या|öğrenci|öğrenci no|mwanafunzi|siswa|nim',
  email:
    'email|e mail|mail|email address|e mail address|e mail adresse|mailadresse|emailadresse|correo|correo electrónico|courriel|adresse e mail|adresse email|posta elettronica|endereço de email|correio eletrónico|эл почта|электронная почта|почта|البريد الإلكتروني|البريد الالكتروني|邮箱|电子邮件|電子郵件|メール|メールアドレス|ईमेल|e posta|barua pepe',
  title:
    'course|course name|course title|title|activity|activity name|activity title|module|subject|class|event|workshop|training|kurs|kursname|kurstitel|titel|veranstaltung|modul|fach|seminar|lehrgang|schulung|curso|nombre del curso|título|asignatura|materia|taller|actividad|cours|intitulé|titre|matière|formation|atelier|activité|corso|titolo|materia|attività|disciplina|nome do curso|cursus|vak|activiteit|курс|название курса|предмет|дисциплина|название|мероприятие|الدورة|المقرر|المادة|اسم الدورة|课程|课程名称|科目|活动|コース|講座|科目名|पाठ्यक्रम|विषय|ders|kozi|mata kuliah',
  activity:
    'activity id|course id|course code|code|activity url|course url|url|link|kurscode|kursnummer|kurs id|modulnummer|modulcode|código|código del curso|code du cours|code cours|codice|codice corso|cursuscode|код курса|код|رمز المقرر|课程代码|课程编号|講座コード|科目コード',
  activityType: 'type|activity type|kind|art|typ|tipo|genre|type d activité|тип|النوع|类型|種類',
  verb: 'verb|status|state|result|outcome|what happened|completion|completed|passed|attendance|attended|ergebnis|status der teilnahme|abschluss|bestanden|teilnahme|estado|resultado|asistencia|aprobado|statut|résultat|présence|stato|esito|risultato|presenza|situação|frequência|resultaat|aanwezigheid|статус|результат|итог|посещение|الحالة|النتيجة|الحضور|状态|结果|出席|状況|結果|合否|परिणाम|durum|sonuç|matokeo',
  date: 'date|day|when|completed on|completion date|date completed|finished on|end date|passed on|exam date|timestamp|time|datum|tag|abschlussdatum|prüfungsdatum|beendet am|am|fecha|fecha de finalización|día|date de fin|date d obtention|jour|data|data di completamento|data de conclusão|einddatum|дата|дата окончания|дата завершения|التاريخ|تاريخ|تاريخ الإنجاز|日期|完成日期|日付|修了日|तारीख|दिनांक|tarih|tarehe|tanggal',
  score:
    'score|points|marks|mark|percent|percentage|punkte|punktzahl|prozent|puntos|puntuación|puntaje|porcentaje|points obtenus|pourcentage|punti|punteggio|percentuale|pontos|pontuação|punten|баллы|балл|очки|процент|الدرجة|النقاط|分数|得分|成绩|点数|得点|अंक|puan|alama|nilai',
  scoreMax:
    'max|maximum|max score|maximum score|max points|out of|max punkte|höchstpunktzahl|maximalpunkte|máximo|puntuación máxima|maximum de points|massimo|pontuação máxima|максимум|максимальный балл|满分|总分|満点',
  grade:
    'grade|final grade|note|noten|endnote|nota|calificación|nota final|mention|note finale|voto|cijfer|оценка|التقدير|等级|评级|評価|成績|श्रेणी|not|daraja',
  credits:
    'credits|credit|ects|ects credits|credit points|cp|lp|leistungspunkte|kreditpunkte|créditos|crédits|crediti|cfu|studiepunten|кредиты|зачетные единицы|الساعات المعتمدة|学分|単位|単位数|kredi|sks',
  hours:
    'hours|duration|hours attended|workload|stunden|dauer|arbeitsaufwand|horas|duración|heures|durée|ore|durata|duração|carga horária|uren|часы|часов|الساعات|المدة|学时|小时|时长|時間|時間数|घंटे|saat|saa|jam',
  level:
    'eqf|eqf level|level|eqr niveau|eqr|dqr|niveau|nivel|livello|nível|уровень|المستوى|级别|レベル',
  evidence:
    'evidence|evidence url|certificate|certificate url|nachweis|zertifikat|evidencia|certificado|preuve|certificat|prova|certificato|сертификат|الشهادة|证书|証明書',
  id: 'id|event id|record id|row id|entry id|transaction id|vorgang|vorgangsnummer|id de registro|identifiant de ligne',
  ignore:
    'problem|what to do|name|first name|last name|surname|given name|family name|full name|student name|vorname|nachname|familienname|nombre|apellido|apellidos|nom|prénom|nome|cognome|sobrenome|naam|voornaam|achternaam|имя|фамилия|отчество|фио|الاسم|اسم الطالب|姓名|名字|氏名|名前|नाम|ad|soyad|birth date|date of birth|geburtsdatum|fecha de nacimiento|date de naissance|phone|telefon|teléfono|téléphone|address|adresse|dirección|gender|geschlecht|notes|remarks|comment|bemerkung|kommentar',
};

const known = new Map<string, ImportField>();
for (const [field, names] of Object.entries(NAMES))
  for (const name of names.split('|')) {
    const key = folded(name);
    if (!known.has(key)) known.set(key, field as ImportField);
  }

/** What a column means by its name: the whole of it, or without what stands in brackets after it. */
export const fieldByName = (name: string): ImportField | undefined =>
  known.get(folded(name)) ?? known.get(folded(name.replace(/[([（].*$/u, '')));
