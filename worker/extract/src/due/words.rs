//! Words by which a clause is known to hold a day and little else.

/// What opens a clause that only gives the reason.
#[rustfmt::skip]
pub(super) const REASONS: &[&str] = &[
    "because", "as", "since", "weil", "da", "denn", "car", "parce", "puisque", "porque", "pues", "ya",
    "pois", "omdat", "want", "bo", "ponieważ", "gdyż",
];

/// Words that leave a clause with nothing but its date or effort.
#[rustfmt::skip]
pub(super) const FILL: &[&str] = &[
    "suit", "suits", "work", "works", "good", "fine", "possible", "latest", "need", "needed", "needs",
    "really", "please", "pls", "would", "say", "maybe", "perhaps", "ideally", "best", "time", "early",
    "first", "thing", "deadline", "due", "most", "than", "bitte", "gern", "gerne", "wäre", "gut", "passt",
    "geht", "dann", "spätestens", "möglich", "frist", "termin", "fertig", "plutôt", "irait", "tard",
    "mieux", "mejor", "puede", "bien", "como", "tarde", "pode", "seria", "melhor", "kan", "past", "goed",
    "graag", "zou", "uiterlijk", "może", "być", "najlepiej", "pasuje", "najpóźniej", "tops", "sound",
    "sounds", "hour", "hours", "night", "morning", "evening", "afternoon", "noon", "midday", "lunch",
    "eod", "cob", "abend", "mittag", "früh", "soir", "matin", "midi", "noche", "mañana", "noite", "manhã",
    "avond", "middag", "rano", "wieczorem", "sure", "yep", "yes", "yeah", "okay", "cool", "both", "done",
    "noted", "klar", "mach", "mache", "oui", "claro", "vale", "tranquilo", "tudo", "prima", "komt",
    "dobra", "jasne", "easy", "great", "perfect", "all", "them", "beides", "beide", "ambos", "ambas",
    "allebei", "oba",
    "tell", "know", "let", "glad", "grateful", "could", "can", "answer", "reply", "bescheid", "sagen", "sag", "gib",
    "geben", "mitteilen", "wissen", "könntest", "könnten", "dire", "dis", "dites", "savoir", "moi", "avisar", "decir",
    "dime", "saber", "avísame", "dizer", "avisa", "diz", "weten", "laten", "laat", "dać", "znać", "daj", "powiedzieć",
    "get", "back", "you",
];

/// What a thing does that is only due, cut as [`resolve::stems`] cuts words.
#[rustfmt::skip]
pub(super) const VERBS_OF_BEING: &[&str] = &[
    "urgen", "most", "three", "lates", "earli", "first", "impor", "dring", "eilig", "wicht", "spruc",
    "reach", "ready", "here", "arriv", "needs", "need", "neede", "must", "shoul", "ought", "would", "have",
    "has", "back", "hands", "with", "done", "finis", "fertig", "ferti", "sein", "muss", "musse", "sollt",
    "brauc", "vorli", "etre", "doit", "doive", "faudr", "parve", "estar", "debe", "deben", "tiene",
    "llega", "deve", "devem", "chega", "moet", "moete", "klaar", "zijn", "binne", "musza", "musi", "gotow",
    "byc", "anoth", "finer",
];
