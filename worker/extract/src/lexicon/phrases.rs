//! Days told in several words: "a week on Friday", "the first Monday in April", "two days later".
//!
//! The fragments follow the rules of the other word lists.

use super::{Lexicon, Words};

/// A period whose last day a single word names ("Monatsende").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Week,
    NextWeek,
    WeekAfterNext,
    Month,
    Quarter,
    Year,
}

/// What a language says of days in more than one word.
pub(crate) struct Phrases {
    /// A word that stands for a number and its unit, with the days and months it means.
    pub(crate) lumps: &'static [(&'static str, i64, u32)],
    /// Behind a number of days or weeks: counted from the date said before.
    pub(crate) later: Words,
    pub(crate) earlier: Words,
    /// Behind "later" words that may have a noun of their own: "after", "después de".
    pub(crate) of_noun: Words,
    /// Before a distance that counts from the day named in front of it: "heute **in** einer Woche".
    pub(crate) from_day: Words,
    /// Between a distance and the day it counts from: "a week **from** Friday".
    pub(crate) to_day: Words,
    /// Behind a day: that many weeks on ("Friday week", "jeudi en huit").
    pub(crate) weeks_on: &'static [(&'static str, i64)],
    /// The day of reading, where a distance counts from it in so many words.
    pub(crate) now: Words,
    /// Ordinals before a weekday; `-1` is the last.
    pub(crate) nth: &'static [(&'static str, i64)],
    /// Ordinals before a month: its day.
    pub(crate) days: &'static [(&'static str, i64)],
    /// Between a day and its month.
    pub(crate) of: Words,
    pub(crate) this_month: Words,
    pub(crate) next_month: Words,
    pub(crate) last_day: Words,
    /// Behind a distance: it counts from something without a date.
    pub(crate) condition: Words,
    /// Behind a weekday: the first one after the date said before.
    pub(crate) weekday_after: Words,
    /// Before a weekday: the same.
    pub(crate) following: Words,
    /// Behind a weekday: it is past.
    pub(crate) past: Words,
    /// Words that hold a day and mean none.
    pub(crate) never: Words,
    /// Times of day that mean the day of reading where no other day is named.
    pub(crate) clock: Words,
    pub(crate) ends: &'static [(&'static str, Period)],
    /// Beside a weekday: of the week after next.
    pub(crate) after_next: Words,
}

use Period::{Month, NextWeek, Quarter, Week, WeekAfterNext, Year};

#[rustfmt::skip]
static EN: Phrases = Phrases {
    lumps: &[("(?:a |one )?fortnight", 14, 0), ("two fortnights", 28, 0)],
    later: &["later", "after that", "after this", "after which", "thereafter", "afterwards"],
    earlier: &["earlier", "before that", "prior to that", "beforehand"],
    of_noun: &["after", "following", "before"],
    from_day: &[],
    to_day: &["from", "on", "after", "of", ""],
    weeks_on: &[("week", 1), ("fortnight", 2)],
    now: &["now", "today"],
    nth: &[("first|1st", 1), ("second|2nd", 2), ("third|3rd", 3), ("fourth|4th", 4), ("last", -1)],
    days: &[
        ("first", 1), ("second", 2), ("third", 3), ("fourth", 4), ("fifth", 5), ("sixth", 6), ("seventh", 7),
        ("eighth", 8), ("ninth", 9), ("tenth", 10), ("eleventh", 11), ("twelfth", 12), ("fifteenth", 15),
        ("twentieth", 20), ("thirtieth", 30),
    ],
    of: &["of", "in", "of the", "in the"],
    this_month: &["(?:this |the )month"],
    next_month: &["next month", "the following month"],
    last_day: &["last day", "final day", "very last day"],
    condition: &["of", "after", "following", "from", "upon", "once", "or so"],
    weekday_after: &["after(?: that| this| then)?", "following", "thereafter"],
    following: &["(?:the )?following"],
    past: &["gone", "just gone", "last"],
    never: &[
        "(?:good|black|ash|cyber|easter|casual|super|bank holiday) (?:friday|monday|wednesday|sunday)",
        "(?:mon|tue|wed|thu|fri|sat|sun)\\w* ?(?:to|till|until|through|thru|-|–) ?(?:mon|tue|wed|thu|fri|sat|sun)(?:day|s|nesday|sday|rs|rsday|urday)?",
        "end of (?:the )?line",
    ],
    clock: &[
        "eod", "cob", "cop", "end of (?:the )?(?:day|play|business|business day|working day)",
        "close of (?:play|business)", "(?:before|by) (?:lunch|lunchtime|noon|midday)",
        "by (?:1[0-2]|[1-9])(?:[:.][0-5]\\d)? ?(?:am|pm|a\\.m\\.|p\\.m\\.)", "by (?:1\\d|2[0-3]|[89]):[0-5]\\d",
        "(?:in|within) (?:the|an|one|a couple of) (?:next )?hours?",
    ],
    ends: &[
        ("month(?:'s)?[ -]end", Month), ("eom", Month), ("year(?:'s)?[ -]end", Year), ("eoy", Year),
        ("quarter(?:'s)?[ -]end", Quarter), ("eoq", Quarter), ("end of (?:the |this )?quarter", Quarter),
        ("end of (?:the |this )?(?:working |business |work )week", Week), ("end of the week after next", WeekAfterNext),
        ("(?:eo|end) ?(?:of )?(?:next|nxt) (?:week|wk)", NextWeek), ("end of (?:the |this )?wk", Week),
    ],
    after_next: &["(?:of )?the week after next", "week after next"],
};

#[rustfmt::skip]
static DE: Phrases = Phrases {
    lumps: &[],
    later: &["später", "danach", "darauf"],
    earlier: &["vorher", "davor", "zuvor", "früher"],
    of_noun: &["nach", "vor"],
    from_day: &["in"],
    to_day: &["ab"],
    weeks_on: &[],
    now: &["heute", "jetzt"],
    nth: &[("erste[nr]?", 1), ("zweite[nr]?", 2), ("dritte[nr]?", 3), ("vierte[nr]?", 4), ("letzte[nr]?", -1)],
    days: &[("ersten?", 1), ("zweiten?", 2), ("dritten?", 3), ("vierten?", 4), ("fünften?", 5), ("zehnten?", 10), ("fünfzehnten?", 15)],
    of: &["im", "in", "des", "vom", "dem", ""],
    this_month: &["(?:des |dieses |diesem |des laufenden )monats?"],
    next_month: &["(?:des )?(?:nächsten|kommenden|folgenden) monats?", "(?:im )?(?:nächsten|kommenden) monat"],
    last_day: &["letzte[nrm]? tag", "letztem? tage?s?"],
    condition: &["nach", "ab", "seit", "oder so"],
    weekday_after: &["danach", "darauf", "drauf"],
    following: &["darauffolgende[nr]?"],
    past: &["vergangener woche", "letzter woche", "voriger woche"],
    never: &["gut(?:en|er) morgen", "(?:montag|mo\\.?) ?(?:bis|-|–) ?(?:freitag|fr\\.?|samstag|sa\\.?|donnerstag|do\\.?)", "ostermontag", "pfingstmontag"],
    clock: &[
        "(?:bis |vor )?(?:zum )?feierabend", "(?:bis )?(?:zum )?(?:ende des tages|tagesende)", "(?:bis|vor) (?:mittag|mittags|mitternacht)",
        "(?:bis|vor) (?:1\\d|2[0-3]|[7-9])(?:[:.][0-5]\\d)? uhr",
    ],
    ends: &[
        ("monatsende", Month), ("monatsultimo", Month), ("quartalsende", Quarter), ("jahresende", Year),
        ("ende des quartals", Quarter), ("ende (?:der )?übernächster? woche", WeekAfterNext), ("ende dieses quartals", Quarter),
        ("wochenschluss", Week),
    ],
    after_next: &["(?:der )?übernächste[rn]? woche"],
};

#[rustfmt::skip]
static FR: Phrases = Phrases {
    lumps: &[("(?:une |la )?huitaine", 8, 0), ("(?:une |la )?quinzaine", 15, 0)],
    later: &["plus tard", "après"],
    earlier: &["avant", "plus tôt", "auparavant"],
    of_noun: &["après", "avant"],
    from_day: &[],
    to_day: &["à compter d'", "à partir d'"],
    weeks_on: &[("en huit", 1), ("en quinze", 2)],
    now: &["aujourd'hui", "maintenant"],
    nth: &[("premier|1er", 1), ("deuxième|second", 2), ("troisième", 3), ("quatrième", 4), ("dernier", -1)],
    days: &[("premier", 1)],
    of: &["de", "d'", "du", ""],
    this_month: &["(?:du|de ce) mois"],
    next_month: &["(?:du )?mois (?:prochain|suivant)"],
    last_day: &["dernier jour"],
    condition: &["après", "suivant", "à compter", "à partir", "dès", "ou deux", "environ"],
    weekday_after: &["suivant", "d'après", "qui suit"],
    following: &[],
    past: &["dernier", "passé"],
    never: &["(?:du )?lundi (?:au|à) (?:vendredi|samedi|jeudi|dimanche)", "vendredi saint", "lundi de (?:pâques|pentecôte)"],
    clock: &[
        "(?:en |avant la |d'ici la |pour la )?fin de (?:la )?journée", "avant (?:midi|minuit|le déjeuner)",
        "(?:avant|d'ici) (?:1\\d|2[0-3]|[89]) ?h(?:eures)?(?:[0-5]\\d)?",
    ],
    ends: &[
        ("fin de mois", Month), ("fin (?:du|de ce) trimestre", Quarter), ("fin de trimestre", Quarter), ("fin de semaine prochaine", NextWeek),
    ],
    after_next: &["(?:de )?la semaine d'après"],
};

#[rustfmt::skip]
static ES: Phrases = Phrases {
    lumps: &[("(?:una )?quincena", 15, 0), ("ocho días", 8, 0)],
    later: &["después", "más tarde", "más adelante"],
    earlier: &["antes"],
    of_noun: &["de", "del"],
    from_day: &["en"],
    to_day: &["a partir de", "desde"],
    weeks_on: &[("en ocho(?: días)?", 1), ("en quince(?: días)?", 2)],
    now: &["hoy", "ahora"],
    nth: &[("primer", 1), ("segundo", 2), ("tercer", 3), ("cuarto", 4), ("último", -1)],
    days: &[("uno", 1), ("primero", 1), ("dos", 2), ("tres", 3), ("cinco", 5), ("diez", 10), ("quince", 15), ("veinte", 20), ("treinta", 30)],
    of: &["de", "del"],
    this_month: &["(?:este |presente |del )?mes"],
    next_month: &["(?:próximo mes|mes (?:que viene|próximo|siguiente|entrante))"],
    last_day: &["último día"],
    condition: &["después", "desde", "tras", "a partir", "a contar", "más o menos", "o así"],
    weekday_after: &["siguiente", "posterior", "de después"],
    following: &[],
    past: &["pasado"],
    never: &[
        "(?:este |el |del |un |próximo )?fin de semana", "(?:por|de|en|toda) la mañana", "(?:de )?lunes a (?:viernes|sábado|jueves|domingo)", "viernes santo",
    ],
    clock: &[
        "(?:al |a |antes del )?(?:final|fin) del día", "antes de que (?:acabe|termine) (?:el día|la jornada|la tarde)",
        "antes (?:del mediodía|de comer|de la comida|de medianoche)", "antes de las (?:1\\d|2[0-3]|[1-9])(?:[:.][0-5]\\d)?", "a última hora",
    ],
    ends: &[
        ("(?:final|finales|fin) de (?:este )?trimestre", Quarter), ("(?:final|finales|fin) del trimestre", Quarter),
        ("antes de que (?:acabe|termine) la semana", Week), ("antes de que (?:acabe|termine) el mes", Month), ("antes de que (?:acabe|termine) el año", Year),
    ],
    after_next: &["(?:de )?la otra semana", "de dentro de dos semanas"],
};

#[rustfmt::skip]
static PT: Phrases = Phrases {
    lumps: &[("(?:uma )?quinzena", 15, 0)],
    later: &["depois", "mais tarde", "após"],
    earlier: &["antes"],
    of_noun: &["de", "do", "da", "dos", "das", "que"],
    from_day: &["a"],
    to_day: &["a partir de", "a contar de"],
    weeks_on: &[("a oito(?: dias)?", 1), ("a quinze(?: dias)?", 2)],
    now: &["hoje", "agora"],
    nth: &[("primeir[oa]", 1), ("segund[oa]", 2), ("terceir[oa]", 3), ("quart[oa]", 4), ("últim[oa]", -1)],
    days: &[("primeiro", 1), ("dois", 2), ("três", 3), ("cinco", 5), ("dez", 10), ("quinze", 15), ("vinte", 20), ("trinta", 30)],
    of: &["de", "do"],
    this_month: &["(?:deste |do |este )?mês"],
    next_month: &["(?:próximo mês|mês (?:que vem|seguinte|próximo))"],
    last_day: &["último dia"],
    condition: &["depois", "após", "a partir", "a contar", "desde", "mais ou menos", "ou mais"],
    weekday_after: &["seguinte", "posterior"],
    following: &[],
    past: &["passad[oa]", "retrasad[oa]"],
    never: &["(?:n?o |este |neste |no próximo |do )?(?:fim|final) de semana", "(?:de )?segunda a (?:sexta|sábado|quinta|domingo)(?:-feira)?", "sexta-feira santa", "segunda (?:via|versão|parte|metade|parcela|fase|etapa|opção|página|vez)", "(?:terça|quarta|quinta|sexta) (?:parte|parcela|versão|fase|etapa|vez)"],
    clock: &[
        "(?:até o |no |até ao |antes do )?(?:fim|final) do (?:dia|expediente)", "antes (?:do meio-dia|do almoço|da meia-noite)",
        "até (?:às|as) (?:1\\d|2[0-3]|[1-9])(?:h|[:.][0-5]\\d)?",
    ],
    ends: &[("(?:fim|final) d[oe](?:ste)? trimestre", Quarter)],
    after_next: &["da outra semana"],
};

#[rustfmt::skip]
static NL: Phrases = Phrases {
    lumps: &[],
    later: &["later", "daarna", "erna", "erop"],
    earlier: &["eerder", "ervoor", "daarvoor", "van tevoren"],
    of_noun: &["na", "voor"],
    from_day: &["over"],
    to_day: &["na", "vanaf"],
    weeks_on: &[],
    now: &["vandaag", "nu"],
    nth: &[("eerste", 1), ("tweede", 2), ("derde", 3), ("vierde", 4), ("laatste", -1)],
    days: &[("eerste", 1), ("tweede", 2), ("derde", 3), ("vijftiende", 15), ("tiende", 10)],
    of: &["van", "in", ""],
    this_month: &["van (?:de |deze )?maand", "(?:de |deze )maand"],
    next_month: &["(?:van )?volgende maand"],
    last_day: &["laatste dag"],
    condition: &["na", "vanaf", "nadat", "à", "of zo"],
    weekday_after: &["erna", "daarna", "erop", "daarop"],
    following: &["daaropvolgende"],
    past: &["jongstleden", "jl\\."],
    never: &["(?:van )?maandag (?:tot en met|t/m|tot) (?:vrijdag|zaterdag|donderdag|zondag)", "goede vrijdag", "(?:tweede )?paasmaandag"],
    clock: &[
        "(?:voor |vóór )?(?:het )?einde? van de (?:dag|werkdag|middag)", "voor (?:de lunch|middernacht|12 uur|twaalven|vijven)",
        "voor (?:1\\d|2[0-3]|[89])(?:[:.][0-5]\\d)? uur",
    ],
    ends: &[
        ("einde? (?:van )?(?:het |dit )?kwartaal", Quarter), ("maandeinde", Month), ("jaareinde", Year), ("einde? (?:van )?(?:de |deze )?werkweek", Week),
    ],
    after_next: &["(?:van )?de week daarna"],
};

#[rustfmt::skip]
static PL: Phrases = Phrases {
    lumps: &[("tydzień|tygodnia", 7, 0), ("miesiąc|miesiąca", 0, 1)],
    later: &["później", "potem", "po tym"],
    earlier: &["wcześniej", "przedtem", "przed tym"],
    of_noun: &["po", "przed"],
    from_day: &["za"],
    to_day: &["od"],
    weeks_on: &[],
    now: &["dziś", "dzisiaj", "teraz"],
    nth: &[("pierwsz(?:y|ą|a|ego|ej)", 1), ("drug(?:i|ą|a|iego|iej)", 2), ("trzeci(?:ą|a|ego|ej)?", 3), ("czwart(?:y|ą|a|ego|ej)", 4), ("ostatni(?:ą|a|ego|ej)?", -1)],
    days: &[("pierwszego", 1), ("drugiego", 2), ("trzeciego", 3), ("piątego", 5), ("dziesiątego", 10), ("piętnastego", 15), ("dwudziestego", 20), ("trzydziestego", 30)],
    of: &["", "w"],
    this_month: &["(?:tego |bieżącego )?miesiąca"],
    next_month: &["(?:przyszłego|następnego) miesiąca"],
    last_day: &["ostatni(?:ego)? (?:dnia|dzień)"],
    condition: &["od", "po", "lub", "albo"],
    weekday_after: &["po tym", "potem"],
    following: &["następny", "następną"],
    past: &["ubiegłego tygodnia", "zeszłego tygodnia"],
    never: &["od poniedziałku do (?:piątku|soboty|czwartku|niedzieli)", "wielki (?:piątek|czwartek)", "poniedziałek wielkanocny"],
    clock: &[
        "(?:do |przed |na )?(?:końca|końcem|koniec) dnia", "(?:do|przed) (?:południa|południem|północy|północą)", "do (?:1\\d|2[0-3]|[89])[:.][0-5]\\d",
        "do godz(?:iny|\\.) (?:1\\d|2[0-3]|[89])(?:[:.][0-5]\\d)?",
    ],
    ends: &[
        ("(?:do |przed |na |z )?(?:końca|końcem|koniec) (?:tego |bieżącego )?kwartału", Quarter),
    ],
    after_next: &["za dwa tygodnie"],
};

impl Lexicon {
    /// The phrases of this language.
    pub(crate) fn phrases(&self) -> &'static Phrases {
        match self.code {
            "de" => &DE,
            "fr" => &FR,
            "es" => &ES,
            "pt" => &PT,
            "nl" => &NL,
            "pl" => &PL,
            _ => &EN,
        }
    }
}
