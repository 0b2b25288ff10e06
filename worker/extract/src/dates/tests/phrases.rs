//! Breadth: many ways to say one day, by language, read on Wednesday 4 March 2026 with 20 March said before.
//!
//! Each line of a table is a day and the phrases for it; `none` where no exact day is meant.

use super::first;

fn holds(code: &str, table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let mut cells = line.split('|').map(str::trim);
        let want = cells.next().filter(|w| *w != "none");
        for phrase in cells {
            let read = first(code, phrase);
            if read.as_deref() != want {
                wrong.push(format!("{phrase:?}: want {want:?}, read {read:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{code}:\n{}", wrong.join("\n"));
}

#[test]
fn english() {
    holds(
        "en",
        "
        2026-03-04 | today | by tonight | this afternoon | by EOD | by COB | end of day | by the end of the day | before the end of the day | by close of business | close of play today | later today | before lunch | by noon | first thing this morning | end of play | by 5pm
        2026-03-05 | tomorrow | tomorrow first thing | by tomorrow EOD | by EOD tomorrow | tomorrow lunchtime | tmrw am | by tomorrow's call | in 24 hours | within a day | within 24 hours | by 5pm tomorrow | by Thursday COB | thurs am | EOD Thursday | in one day
        2026-03-06 | by Friday | Friday noon | fri eod | this Friday | by Friday morning | COB Friday | this coming Friday | the coming Friday | on Friday at 5 | Friday of this week | Friday this week | by the end of this week | end of the working week | EOW | Fri 6/3 | Fri 6 March | Friday, March 6th | Friday the 6th | day after tomorrow | in two days | within 48 hours | in 48h | two days from now | 6th March | the 6th of March | March 6 | the sixth of March | March the 6th | the 6th of this month | 6-Mar-26 | 6 Mar 26 | 2026/03/06 | Friday at the latest | no later than Friday | not after Friday | Friday latest | Friday's fine | before close of business on Friday | by week's end
        2026-03-09 | by Monday | first thing Monday | Monday first thing | on Mon | mon 9th | Monday 9 March | Monday of next week | next Monday | Monday next week | next week Monday | next week on Monday | early on Monday | Monday am | by Monday lunchtime
        2026-03-11 | by Wednesday | a week from today | a week today | in a week | within a week | in 7 days | within seven days | one week from now | a week from now | in a week's time | seven days from today | today week | in one week's time
        2026-03-12 | Thursday week | a week from Thursday | a week on Thursday | next Thursday | Thursday next week | Thursday of next week | a week from tomorrow | a week tomorrow | tomorrow week | next week Thursday | Thursday of the following week
        2026-03-13 | Friday week | a week on Friday | end of next week | the end of next week | next Friday | by the end of next week | Friday next week | Friday of next week | EO next week | late on Friday of next week
        2026-03-14 | in ten days | within 10 days | ten days from now | in ten days' time | 10 days from today
        2026-03-18 | in two weeks | in a fortnight | a fortnight from now | two weeks today | two weeks from today | in a fortnight's time | within a fortnight | in 2 weeks' time | 14 days from now | two weeks from now | in 2 wks | in 14 days | a fortnight today
        2026-03-20 | same day | by then | two weeks on Friday | Friday fortnight | a fortnight on Friday | two weeks from Friday | same deadline | on the same date | that same day | by that date | by the 20th | the 20th | on the 20th at noon | 20 March
        2026-03-21 | the day after | a day later | the following day | the next day
        2026-03-22 | two days later | two days after that
        2026-03-19 | the day before | the day before that
        2026-03-23 | three days later | the Monday after | the following Monday | the Monday after that | the Monday following
        2026-03-25 | the Wednesday after | five days later | the Wednesday after that
        2026-03-27 | a week later | a week after that | exactly a week later | one week later | last Friday in March | the last Friday of March | the last Friday of the month
        2026-03-30 | ten days later | ten days after that
        2026-03-31 | end of the month | month end | month-end | by the end of March | end of this month | by month's end | last day of March | EOM | end of March at the latest | end of Q1 | the end of the first quarter | the end of the quarter | the last day of the month
        2026-04-01 | 1 April | on the 1st | the first of April | April 1st | on the 1st of next month | the first of next month
        2026-04-03 | two weeks later | a fortnight later | a fortnight after that | the 3rd of next month | the 3rd of April | by the third of April
        2026-04-04 | in a month | within a month | a month from now | in one month | a month from today | in a month's time
        2026-04-06 | the first Monday in April | first Monday of April
        2026-04-20 | a month later | one month after that
        2026-04-30 | end of April | end of next month | the end of April
        2026-05-12 | the second Tuesday of May | 12 May | 12.5.2026 | 12/5 | May 12 | 12/05/26 | 12th May 2026
        2026-06-30 | end of Q2 | the end of June | end of the second quarter | the last day of June
        2026-12-31 | end of the year | year end | year-end | end of 2026 | EOY | by the end of this year
        2026-03-17 | within 9 working days | between 13 and 17 March | from 13 to 17 March | 13 - 17 March | 13-17/3 | March 13-17 | 13 to 17 March | the 13th to the 17th | 13th-17th March
        2027-01-31 | end of January | the end of January 2027
        none | mid-April | the middle of April | beginning of April | early next week | next week | the week of 9 March | some time in April | in April | soon | after the launch | the first week of April | over the weekend | within two weeks of approval | 30 days after invoice | a week after the sign-off | in a few days | in a couple of days | two or three days | every Friday | on Fridays | last Friday | since Monday | in 2-3 weeks | in two to three weeks | Friday's meeting was good | from Monday to Friday | Good Friday | Black Friday | the second version | a day or so | next month | this month | next year | mid next week | later this week | from Monday | from 9 March | in spring | by Easter
        ",
    );
}

#[test]
fn german() {
    holds(
        "de",
        "
        2026-03-04 | heute | noch heute | heute Abend | bis heute 18 Uhr | bis Feierabend | bis Ende des Tages | bis heute Nachmittag
        2026-03-05 | morgen | morgen früh | bis morgen | morgen Mittag | bis morgen 12 Uhr | Donnerstag | bis Donnerstagabend | binnen 24 Stunden | innerhalb eines Tages
        2026-03-06 | bis Freitag | am Freitag | bis Freitagmittag | Freitagabend | bis Fr. | bis Fr | Fr 6.3. | bis zum 6. | am 6. | 6. März | 06.03.2026 | 6.3.26 | Freitag, den 6. März | Freitag, dem 6.3. | diesen Freitag | Freitag dieser Woche | bis Ende der Woche | Ende dieser Woche | übermorgen | in zwei Tagen | innerhalb von 48 Stunden | spätestens Freitag | Freitag Vormittag | freitags zum 6.3. | bis Wochenende fertig, also bis Freitag
        2026-03-09 | bis Montag | Montagmorgen | Montag früh | am Montagvormittag | Mo 9.3. | Montag, 9. März | Montag nächster Woche | nächste Woche Montag | am Montag nächster Woche | Montag der kommenden Woche | kommende Woche Montag | am Montag in der nächsten Woche
        2026-03-11 | bis Mittwoch | in einer Woche | heute in einer Woche | innerhalb einer Woche | binnen einer Woche | in 7 Tagen | innerhalb der nächsten sieben Tage | Mittwochnachmittag | in spätestens einer Woche
        2026-03-12 | Donnerstag nächster Woche | nächste Woche am Donnerstag | morgen in einer Woche | Donnerstag in einer Woche
        2026-03-13 | Freitag in einer Woche | bis Ende nächster Woche | Ende kommender Woche | übermorgen in einer Woche | Freitag nächster Woche
        2026-03-16 | Montag übernächster Woche | übernächste Woche Montag
        2026-03-18 | in zwei Wochen | in 14 Tagen | in vierzehn Tagen | binnen zwei Wochen | heute in zwei Wochen | innerhalb von zwei Wochen | in spätestens zwei Wochen
        2026-03-20 | am selben Tag | am gleichen Tag | bis dahin | bis zum 20. | Freitag in zwei Wochen | Ende übernächster Woche
        2026-03-21 | am Tag danach | einen Tag später | am Tag darauf | am nächsten Tag | am folgenden Tag
        2026-03-19 | am Tag davor | einen Tag vorher | am Vortag
        2026-03-23 | drei Tage später | am Montag danach | am Montag darauf | der Montag darauf
        2026-03-27 | eine Woche später | eine Woche danach | am letzten Freitag im März | letzter Freitag im März
        2026-03-31 | Ende März | bis Monatsende | am Monatsende | zum Monatsende | Ende des Monats | bis Ende des Monats | zum Quartalsende | Ende Q1 | Ende des ersten Quartals | am letzten Tag des Monats | bis zum Ende des Monats
        2026-04-01 | 1. April | am 1.4. | zum 1.4. | bis zum 1. April | am 1. des nächsten Monats
        2026-04-03 | zwei Wochen später | bis zum 3. April | zwei Wochen danach
        2026-04-04 | in einem Monat | binnen eines Monats | innerhalb eines Monats
        2026-04-06 | am ersten Montag im April
        2026-04-30 | Ende April | Ende nächsten Monats | bis Ende April
        2026-06-30 | Ende Q2 | Ende des zweiten Quartals
        2026-12-31 | Ende des Jahres | Jahresende | bis Jahresende | Ende 2026
        2026-03-17 | vom 13. bis 17. März | 13.–17.3. | 13. bis 17. März | zwischen dem 13. und dem 17. März
        none | Mitte April | Anfang April | nächste Woche | diese Woche | KW 12 | im April | demnächst | nach Ostern | bis Ostern | innerhalb von zwei Wochen nach Freigabe | in zwei bis drei Wochen | in ein paar Tagen | jeden Freitag | freitags | letzten Montag | seit Montag | ab Montag | Anfang nächster Woche | am Wochenende | im Laufe der Woche | zehn Tage nach dem Fest | noch diese Woche | vom 9. März an | guten Morgen
        ",
    );
}

#[test]
fn french() {
    holds(
        "fr",
        "
        2026-03-04 | aujourd'hui | ce soir | dans la journée | d'ici ce soir | cet après-midi | avant midi | en fin de journée | avant la fin de la journée
        2026-03-05 | demain | demain matin | pour demain | d'ici demain | jeudi | jeudi soir | demain à midi | dans 24 h | sous 24 heures | d'ici demain soir
        2026-03-06 | vendredi | vendredi midi | pour vendredi | d'ici vendredi | avant vendredi | ce vendredi | vendredi matin | vendredi 6 | vendredi 6 mars | ven. 6/03 | le 6 | le 6 mars | pour le 06/03 | 06/03/2026 | le 6 mars au plus tard | vendredi au plus tard | au plus tard vendredi | fin de semaine | avant la fin de la semaine | d'ici la fin de semaine | après-demain | sous 48 h | dans les 48 heures | dans deux jours | vendredi dernier délai | à la fin de la semaine
        2026-03-09 | lundi | lundi matin | lundi à la première heure | pour lundi 9 | lundi de la semaine prochaine | la semaine prochaine, lundi | lundi au plus tard
        2026-03-11 | mercredi | dans une semaine | d'ici une semaine | sous une semaine | dans 7 jours | dans les sept jours
        2026-03-12 | dans huit jours | sous huit jours | d'ici huit jours | jeudi en huit | jeudi de la semaine prochaine | sous huitaine
        2026-03-13 | fin de la semaine prochaine | vendredi en huit | à la fin de la semaine prochaine | vendredi de la semaine prochaine | fin de semaine prochaine
        2026-03-18 | dans deux semaines | d'ici deux semaines | sous deux semaines | dans 14 jours
        2026-03-19 | dans quinze jours | sous quinze jours | la veille | la veille de l'envoi | un jour avant | sous quinzaine
        2026-03-20 | le même jour | à la même date | d'ici là | le 20 | vendredi en quinze | avant le 20 | le 20 au matin | le 20 du mois
        2026-03-21 | le lendemain | le jour suivant | un jour plus tard
        2026-03-23 | trois jours plus tard | le lundi suivant | le lundi d'après | trois jours après
        2026-03-27 | une semaine plus tard | le dernier vendredi de mars | le dernier vendredi du mois | une semaine après
        2026-03-31 | fin mars | fin du mois | d'ici fin mars | avant la fin du mois | à la fin du mois | fin de mois | fin du trimestre | en fin de mois | dernier jour du mois
        2026-04-01 | le 1er avril | le 1er | le premier avril | pour le 1er avril
        2026-04-03 | deux semaines plus tard | le 3 avril
        2026-04-04 | dans un mois | d'ici un mois | sous un mois
        2026-04-06 | le premier lundi d'avril
        2026-04-30 | fin avril | fin du mois prochain | d'ici la fin avril | pour fin avril
        2026-06-30 | fin T2 | fin juin | fin du deuxième trimestre
        2026-12-31 | fin de l'année | fin d'année | fin 2026 | d'ici la fin de l'année
        2026-03-17 | du 13 au 17 mars | entre le 13 et le 17 mars | 13-17 mars | sous 9 jours ouvrés
        none | mi-avril | début avril | courant avril | la semaine prochaine | cette semaine | dans la semaine | semaine du 9 mars | en avril | bientôt | après Pâques | dans deux ou trois semaines | dans les quinze jours suivant la validation | tous les vendredis | depuis lundi | lundi dernier | à partir de lundi | ce week-end | en début de semaine prochaine | dans quelques jours | le mois prochain | une semaine après la fête | à partir du 9 mars
        ",
    );
}

#[test]
fn spanish() {
    holds(
        "es",
        "
        2026-03-04 | hoy | hoy mismo | esta tarde | esta noche | hoy sin falta | antes de que acabe el día | al final del día | a última hora de hoy | antes del mediodía
        2026-03-05 | mañana | mañana por la tarde | mañana a primera hora | para mañana | mañana a mediodía | el jueves | este jueves | en 24 horas | mañana mismo | mañana jueves
        2026-03-06 | el viernes | para el viernes | antes del viernes | este viernes | el viernes por la mañana | el viernes a mediodía | viernes 6 | el viernes 6 de marzo | el 6 | el día 6 | 6/3 | 06/03/26 | el 6 de marzo | a más tardar el viernes | como muy tarde el viernes | hasta el viernes | a finales de semana | al final de la semana | antes de que acabe la semana | pasado mañana | en dos días | en 48 horas | dentro de dos días | el viernes como tarde | el viernes de esta semana | viernes sin falta
        2026-03-09 | el lunes | lunes 9 | el lunes a primera hora | el lunes de la semana que viene | el lunes de la próxima semana | la semana que viene, el lunes | para el lunes | lunes, 9 de marzo
        2026-03-11 | el miércoles | en una semana | dentro de una semana | de aquí a una semana | en 7 días | en el plazo de una semana | en un plazo de siete días
        2026-03-12 | el jueves de la semana que viene | jueves de la próxima semana | dentro de ocho días
        2026-03-13 | a finales de la semana que viene | el viernes de la semana que viene | al final de la próxima semana | el viernes de la semana próxima
        2026-03-14 | en diez días | dentro de 10 días | de aquí a diez días
        2026-03-18 | en dos semanas | dentro de dos semanas | de aquí a dos semanas | en 14 días
        2026-03-19 | en quince días | dentro de quince días | el día anterior | el día antes | un día antes
        2026-03-20 | el mismo día | para entonces | el 20 | en la misma fecha | para el 20 | antes del día 20
        2026-03-21 | al día siguiente | un día después | el día siguiente | un día más tarde
        2026-03-23 | tres días después | el lunes siguiente | tres días más tarde | el lunes posterior
        2026-03-27 | una semana después | una semana más tarde | el último viernes de marzo | el último viernes del mes
        2026-03-31 | a finales de marzo | final de mes | fin de mes | a fin de mes | antes de fin de mes | antes de final de mes | a final de mes | finales de mes | a finales de este mes | a final de trimestre | el último día del mes
        2026-04-01 | el 1 de abril | el uno de abril | el primero de abril
        2026-04-03 | dos semanas después | el 3 de abril
        2026-04-04 | en un mes | dentro de un mes | de aquí a un mes
        2026-04-06 | el primer lunes de abril
        2026-04-30 | a finales de abril | finales del mes que viene | fin de abril | a final del mes que viene
        2026-06-30 | final del segundo trimestre | a finales de junio | fin del T2
        2026-12-31 | a final de año | antes de fin de año | a finales de año | finales de 2026
        2026-03-17 | del 13 al 17 de marzo | entre el 13 y el 17 de marzo | 13-17 de marzo | en 9 días laborables
        none | a mediados de abril | a principios de abril | la semana que viene | esta semana | en abril | el fin de semana | este fin de semana | la semana del 9 de marzo | pronto | después de Semana Santa | en dos o tres semanas | todos los viernes | los viernes | desde el lunes | el lunes pasado | a partir del lunes | en unos días | diez días después de la fiesta | el mes que viene | por la mañana | a primeros de abril
        ",
    );
}

#[test]
fn portuguese() {
    holds(
        "pt",
        "
        2026-03-04 | hoje | hoje à noite | ainda hoje | hoje mesmo | até o fim do dia | no fim do dia | até hoje à tarde | hoje sem falta | antes do meio-dia
        2026-03-05 | amanhã | amanhã cedo | amanhã à tarde | até amanhã | quinta | na quinta-feira | amanhã de manhã | amanhã ao meio-dia | em 24 horas | nesta quinta | amanhã logo cedo
        2026-03-06 | até sexta | na sexta | sexta-feira | nesta sexta | esta sexta | sexta de manhã | sexta ao meio-dia | sexta, dia 6 | sexta (6/3) | dia 6 | até dia 6 | até o dia 6 | 6/3 | 06/03/2026 | 6 de março | sexta-feira, 6 de março | até o fim da semana | no final da semana | até o final desta semana | depois de amanhã | em dois dias | em 48 horas | no máximo até sexta | sexta sem falta | antes de sexta | sexta no máximo | sexta desta semana
        2026-03-09 | segunda | na segunda | até segunda de manhã | segunda-feira cedo | segunda, 9 | segunda da semana que vem | segunda da próxima semana | semana que vem, na segunda | segunda-feira, dia 9 de março
        2026-03-11 | quarta | em uma semana | daqui a uma semana | dentro de uma semana | em 7 dias | no prazo de uma semana
        2026-03-12 | quinta da semana que vem | quinta-feira da próxima semana | daqui a oito dias
        2026-03-13 | no fim da semana que vem | até o final da próxima semana | sexta da semana que vem | até o fim da semana que vem
        2026-03-14 | daqui a 10 dias | em dez dias | em até dez dias
        2026-03-18 | em duas semanas | daqui a duas semanas | dentro de duas semanas | em 14 dias
        2026-03-19 | em quinze dias | daqui a 15 dias | um dia antes | no dia anterior | na véspera
        2026-03-20 | no mesmo dia | até lá | dia 20 | na mesma data | até ao dia 20 | no dia 20
        2026-03-21 | no dia seguinte | um dia depois | um dia mais tarde
        2026-03-23 | três dias depois | na segunda seguinte | três dias mais tarde
        2026-03-27 | uma semana depois | uma semana mais tarde | última sexta de março | na última sexta-feira do mês
        2026-03-31 | fim do mês | até o fim do mês | no final do mês | final de março | fim de março | até o final de março | até ao final do mês | fim do trimestre | último dia do mês
        2026-04-01 | 1º de abril | 1 de abril | primeiro de abril | dia 1º | dia 1º de abril
        2026-04-03 | duas semanas depois | 3 de abril
        2026-04-04 | em um mês | daqui a um mês | dentro de um mês
        2026-04-06 | primeira segunda de abril | na primeira segunda-feira de abril
        2026-04-30 | fim de abril | final do mês que vem | até o fim do próximo mês | no fim de abril
        2026-06-30 | fim do segundo trimestre | final de junho
        2026-12-31 | fim do ano | até o final do ano | final de 2026
        2026-03-17 | de 13 a 17 de março | do dia 13 ao dia 17 | entre 13 e 17 de março | em 9 dias úteis
        none | meados de abril | começo de abril | semana que vem | esta semana | em abril | no fim de semana | fim de semana | início de abril | em breve | depois da Páscoa | em duas ou três semanas | toda sexta | às sextas | desde segunda | segunda passada | a partir de segunda | em alguns dias | dez dias depois da festa | mês que vem | de manhã | na semana de 9 de março
        ",
    );
}

#[test]
fn dutch() {
    holds(
        "nl",
        "
        2026-03-04 | vandaag | vanavond | vanmiddag | vandaag nog | voor het einde van de dag | eind van de dag | nog vandaag | voor vanavond
        2026-03-05 | morgen | morgenochtend | morgenmiddag | morgen voor 12 uur | donderdag | do 5 maart | uiterlijk morgen | binnen 24 uur | morgen vroeg | donderdagmiddag
        2026-03-06 | vrijdag | voor vrijdag | uiterlijk vrijdag | vrijdagmiddag | vrijdagochtend | a.s. vrijdag | aanstaande vrijdag | deze vrijdag | komende vrijdag | vrijdag 6 maart | vr 6 maart | vr 6/3 | 6 maart | 6-3-2026 | 6/3 | de 6e | eind deze week | voor het einde van de week | eind van de week | overmorgen | over twee dagen | binnen 48 uur | vrijdag om 12 uur | op vrijdag | tegen vrijdag | vrijdag op zijn laatst | vrijdagavond
        2026-03-09 | maandag | maandagochtend | maandag de 9e | ma 9 maart | volgende week maandag | maandag volgende week | maandag van volgende week | maandagmorgen
        2026-03-11 | woensdag | over een week | binnen een week | over 7 dagen | vandaag over een week | binnen zeven dagen | woensdagavond
        2026-03-12 | donderdag over een week | volgende week donderdag | donderdag volgende week | morgen over een week
        2026-03-13 | eind volgende week | vrijdag over een week | volgende week vrijdag | voor het einde van volgende week | vrijdag volgende week
        2026-03-14 | over tien dagen | binnen 10 dagen
        2026-03-18 | over twee weken | over 14 dagen | over veertien dagen | binnen twee weken | vandaag over twee weken
        2026-03-20 | dezelfde dag | zelfde datum | tegen die tijd | de 20e | uiterlijk de 20e | de 20ste | voor de 20e
        2026-03-21 | de dag erna | een dag later | de volgende dag | de dag daarna
        2026-03-19 | de dag ervoor | een dag eerder | de dag daarvoor
        2026-03-23 | drie dagen later | de maandag erna | de maandag daarna | de maandag erop
        2026-03-27 | een week later | een week daarna | de laatste vrijdag van maart | laatste vrijdag van de maand
        2026-03-31 | eind maart | eind van de maand | einde van de maand | voor het einde van de maand | eind deze maand | eind van het kwartaal | laatste dag van de maand | voor eind maart
        2026-04-01 | 1 april | de eerste april | uiterlijk 1 april
        2026-04-03 | twee weken later | 3 april
        2026-04-04 | over een maand | binnen een maand
        2026-04-06 | de eerste maandag van april
        2026-04-30 | eind april | eind volgende maand | uiterlijk eind april
        2026-06-30 | eind Q2 | eind juni | eind van het tweede kwartaal
        2026-12-31 | eind van het jaar | eind dit jaar | einde jaar | eind 2026
        2026-03-17 | van 13 tot 17 maart | 13 t/m 17 maart | tussen 13 en 17 maart | 13-17 maart | binnen 9 werkdagen
        none | half april | begin april | volgende week | deze week | in april | het weekend | week 12 | week van 9 maart | binnenkort | na Pasen | over twee à drie weken | elke vrijdag | sinds maandag | afgelopen maandag | vanaf maandag | over een paar dagen | binnen twee weken na akkoord | volgende maand | tien dagen na het feest | begin volgende week | medio april
        ",
    );
}

#[test]
fn polish() {
    holds(
        "pl",
        "
        2026-03-04 | dziś | dzisiaj | jeszcze dziś | dziś wieczorem | dziś po południu | do końca dnia | na dziś | do dzisiaj | jeszcze dzisiaj | do południa
        2026-03-05 | jutro | jutro rano | do jutra | na jutro | jutro do południa | w czwartek | w ciągu 24 godzin | jutro wieczorem | najpóźniej jutro
        2026-03-06 | do piątku | w piątek | na piątek | w piątek rano | w ten piątek | najpóźniej w piątek | w piątek 6 marca | 6 marca | do 6 marca | do 6.03 | 6.03.2026 | 06.03. | pt. 6 marca | do końca tygodnia | z końcem tygodnia | pojutrze | za dwa dni | w ciągu 48 godzin | w ciągu dwóch dni | przed piątkiem | w najbliższy piątek | piątek 6.03
        2026-03-09 | do poniedziałku | w poniedziałek | w poniedziałek rano | pon. 9 marca | w poniedziałek 9.03 | w poniedziałek w przyszłym tygodniu | w przyszłym tygodniu w poniedziałek | poniedziałek przyszłego tygodnia | na poniedziałek
        2026-03-11 | w środę | za tydzień | w ciągu tygodnia | za 7 dni | w ciągu siedmiu dni | od dziś za tydzień | za jeden tydzień
        2026-03-12 | w czwartek w przyszłym tygodniu | od jutra za tydzień | w czwartek za tydzień
        2026-03-13 | do końca przyszłego tygodnia | w piątek za tydzień | za tydzień w piątek | w piątek w przyszłym tygodniu | do końca następnego tygodnia
        2026-03-14 | za dziesięć dni | za 10 dni | w ciągu dziesięciu dni
        2026-03-18 | za dwa tygodnie | za 2 tygodnie | w ciągu dwóch tygodni | za 14 dni
        2026-03-20 | tego samego dnia | do tego czasu | do 20. | w tym samym terminie | do dnia 20 marca | na 20 marca
        2026-03-21 | dzień później | następnego dnia | dzień po tym
        2026-03-19 | dzień wcześniej | dzień przedtem
        2026-03-23 | trzy dni później | w następny poniedziałek po tym | trzy dni po tym
        2026-03-27 | tydzień później | w ostatni piątek marca | ostatni piątek miesiąca
        2026-03-31 | do końca marca | do końca miesiąca | na koniec miesiąca | z końcem miesiąca | na koniec marca | do końca kwartału | do końca tego miesiąca | ostatniego dnia miesiąca | przed końcem miesiąca
        2026-04-01 | 1 kwietnia | do 1 kwietnia | pierwszego kwietnia
        2026-04-03 | dwa tygodnie później | do 3 kwietnia
        2026-04-04 | za miesiąc | w ciągu miesiąca | za jeden miesiąc
        2026-04-06 | w pierwszy poniedziałek kwietnia
        2026-04-30 | do końca kwietnia | do końca przyszłego miesiąca | na koniec kwietnia
        2026-06-30 | do końca drugiego kwartału | do końca czerwca
        2026-12-31 | do końca roku | na koniec roku | do końca 2026 roku | z końcem roku
        2026-03-17 | od 13 do 17 marca | 13–17 marca | między 13 a 17 marca | w ciągu 9 dni roboczych
        none | w połowie kwietnia | na początku kwietnia | w przyszłym tygodniu | w tym tygodniu | w kwietniu | w weekend | tydzień od 9 marca | wkrótce | po świętach | za dwa, trzy tygodnie | w każdy piątek | co piątek | od poniedziałku | w zeszły poniedziałek | za kilka dni | dziesięć dni po imprezie | w przyszłym miesiącu | w ciągu dwóch tygodni od akceptacji | rano
        ",
    );
}
