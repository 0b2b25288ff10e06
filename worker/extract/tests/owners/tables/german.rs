//! Tables of German sentences.

use super::Frames;

pub(crate) const FRAMES: Frames = Frames {
    brief: "Hallo Jonas,\n\nwir machen Seife in Bremen, mein Mann Piet und ich.\n\n{}\n\nViele Grüße\nMaria",
    mail: "Von: Maria Olsen\nAn: Jonas Berg\nDatum: Mittwoch, 4. März 2026 09:10\nBetreff: AW: Seife\n\nHallo Jonas,\n\nmein Mann Piet lässt grüßen.\n\n{}\n\nMaria\n",
    reply: "Von: Maria Olsen\nAn: Jonas Berg\nDatum: Mittwoch, 4. März 2026 09:10\nBetreff: AW: Seife\n\nHallo Jonas,\n\nvielen Dank, das ging schnell.\n\nMaria\n\nAm 3. März 2026 um 18:02 schrieb Jonas Berg:\n> Hallo Maria,\n>\n> schön, dass wir uns getroffen haben.\n>\n> {}\n>\n> Jonas\n",
};

pub(crate) const NOTE: &str = "Telefonat mit Maria + Tom (Seifenwerk), 4. März\n\n- zweiter Entwurf gefällt\n- ich: grobes Layout bis Mo\n- {}\n- Tom: Fotos vom Rührwerk\n";

pub(crate) const CLIENT: &str = "
    f | Könntest du mir bis Freitag ein Angebot schicken? | Bitte überarbeite das Etikett. | Wir hätten gern ein neues Logo von dir. | Ich bräuchte den ersten Entwurf bis Montag. | Würden Sie das Kontaktformular reparieren? | Es wäre schön, wenn du das Foto austauschst. | Wir brauchen ein neues Bestellformular. | Du müsstest auch mit der Druckerei wegen des Papiers sprechen. | Der Auftragnehmer liefert die Dateien als PDF. | Denk bitte an die Rechnung. | Kannst du bis Donnerstag eine zweite Fassung machen? | Das Banner soll größer werden. | Sie sollten außerdem die Texte kürzen. | Sag mir bitte, was ein Etikett kostet. | Ich möchte dich bitten, die Broschüre Korrektur zu lesen. | Von dir brauchen wir noch die Lizenzbedingungen. | Deine erste Aufgabe wäre es, die Fotos zu sortieren. | Schick mir bitte einen Kostenvoranschlag.
    c | Ich schicke dir das Logo morgen. | Die Fotos mache ich selbst am Wochenende. | Unsere Druckerei schickt dir die Vorlage bis Freitag. | Du bekommst die Texte am Montag von mir. | Meine Kollegin Lena scannt die alten Pläne ein. | Piet misst bis Sonntag die Regale aus. | Ich frage unseren Anwalt nach der Formulierung. | Um die Texte kümmere ich mich bis nächsten Mittwoch. | Die Zugangsdaten kommen heute Abend. | Die Zeichnungen liefert unser Architekt. | Piet hat versprochen, den Plan bis Freitag zu suchen. | Den unterschriebenen Vertrag hast du am Freitag. | Wir stellen alle Texte als Word-Datei bereit. | Von uns erhältst du das Logo als Vektordatei. | Die Produkte bringen wir am Mittwoch vorbei. | Unser IT-Mann Colin richtet morgen den Testserver ein. | Piet wird die Regale am Samstag ausmessen. | Ich kläre das mit der Bank und melde mich morgen.
    ";

pub(crate) const FREELANCER: &str = "
    f | Ich schicke dir am Freitag eine erste Skizze. | Du bekommst das Angebot bis Donnerstag. | Die zweite Runde hast du am Freitag. | Ich lege morgen mit den Tests los und schreibe dir einen Bericht. | Diese Woche importiere ich die Produkte. | Den Link erhältst du am Dienstag. | Die erste Rechnung stelle ich am Monatsende.
    c | Könntest du mir die Texte als Word-Datei schicken? | Ich bräuchte noch das Logo von dir. | Bitte unterschreibe das Angebot bis Dienstag. | Kannst du mir bis Montag die Maße geben? | Von dir brauche ich die Preisliste als Text. | Schick mir bitte die alten Dateien. | Sie müssten mir bis Freitag die Zugangsdaten geben.
    ";

pub(crate) const NOTES: &str = "
    f | ich: Papier bestellen | Papier bestellen bis Fr (ich) | Druckerei anrufen, mache ich, morgen | Aufmaß der Regale – ich, 3 Std. | Ich schreibe der Stadt, Fr. | Schriften prüfen, 1 Std.
    c | Maria: Liste aller Produkte | Maria schickt das Logo bis Fr | Logo als Vektordatei (Maria, bis Fr) | Logo als Vektordatei, bis Fr. – Maria | Tom → Maße vom Rührwerk | Maria + Tom: einen Entwurf aussuchen bis Do | Preise: Maria, bis Mittwoch | Tom will den Ofen bis Freitag ausmessen | Maria klärt die Steuerfrage bis Montag | Öffnungszeiten von Maria bis Do | Tom muss den Raum buchen
    ";
