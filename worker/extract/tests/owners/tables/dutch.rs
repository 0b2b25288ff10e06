//! Tables of Dutch sentences.

use super::Frames;

pub(crate) const FRAMES: Frames = Frames {
    brief: "Hallo Jonas,\n\nwij maken zeep in Breda, mijn man Piet en ik.\n\n{}\n\nGroet\nMaria",
    mail: "Van: Maria Olsen\nAan: Jonas Berg\nDatum: woensdag 4 maart 2026 09:10\nOnderwerp: Re: zeep\n\nHallo Jonas,\n\nmijn man Piet doet je de groeten.\n\n{}\n\nMaria\n",
    reply: "Van: Maria Olsen\nAan: Jonas Berg\nDatum: woensdag 4 maart 2026 09:10\nOnderwerp: Re: zeep\n\nHallo Jonas,\n\nheel erg bedankt, dat was snel.\n\nMaria\n\nOp di 3 mrt. 2026 om 18:02 schreef Jonas Berg:\n> Hallo Maria,\n>\n> leuk om jullie te ontmoeten.\n>\n> {}\n>\n> Jonas\n",
};

pub(crate) const NOTE: &str = "Gesprek met Maria + Tom (zeepmakerij), 4 maart\n\n- tweede schets valt in de smaak\n- ik: ruwe opmaak voor maandag\n- {}\n- Tom: foto's van de menger\n";

pub(crate) const CLIENT: &str = "
    f | Kun je me voor vrijdag een offerte sturen? | Pas het etiket alsjeblieft aan. | We zouden graag een nieuw logo willen. | Ik heb de eerste versie maandag nodig. | Zou je de foto op pagina twee willen vervangen? | We hebben een nieuw bestelformulier nodig. | Je moet ook met de drukker over het papier praten. | Vergeet niet de factuur te sturen. | De opdrachtnemer levert de bestanden als pdf. | Het zou fijn zijn als je het formulier repareert. | We willen graag dat je drie etiketten tekent. | De banner moet groter worden. | Wil je de folder nalezen? | Laat me weten wat een etiket kost. | Stuur me deze week het contract. | Jouw eerste klus is het sorteren van de foto's.
    c | Ik stuur je het logo morgen. | De foto's maak ik zelf in het weekend. | Onze drukker stuurt je het sjabloon vrijdag. | Je krijgt de teksten maandag van mij. | Mijn collega Bas scant morgen de oude tekeningen. | Piet meet zaterdag de planken op. | Ik ga het onze advocaat vragen. | Voor de teksten zorg ik, uiterlijk woensdag. | De tekeningen levert onze architect. | Piet heeft beloofd de tekening voor vrijdag te zoeken. | Het getekende contract heb je vrijdag. | De termenlijst krijg je van mij donderdag. | De inloggegevens komen vanavond. | Onze ICT'er Colin richt morgen de testserver in. | De prijslijst heb je nog van me tegoed, die krijg je dinsdag.
    ";

pub(crate) const FREELANCER: &str = "
    f | Ik stuur je vrijdag een eerste schets. | Je krijgt de offerte donderdag. | Ik maak voor maandag een testplan. | De link ontvang je dinsdag. | Morgen doe ik de tests en schrijf ik een verslag. | Deze week importeer ik de producten.
    c | Kun je me de teksten als Word-bestand sturen? | Ik heb het logo nog van je nodig. | Teken de offerte alsjeblieft voor dinsdag. | Wil jij me laten weten naar wie de factuur moet? | Kun je me toegang tot de server geven? | Van jullie heb ik de prijslijst nodig. | Stuur me de maten voor maandag.
    ";

pub(crate) const NOTES: &str = "
    f | ik: papier bestellen | papier bestellen voor vrijdag (ik) | drukker bellen, morgen, ik | plan van de planken – ik, 3 uur | lettertypes controleren, 1 uur
    c | Maria: lijst van alle producten | Maria stuurt het logo vrijdag | logo als vectorbestand (Maria, vrijdag) | logo als vectorbestand, vrijdag – Maria | Tom → maten van de menger | Maria + Tom: een schets kiezen voor donderdag | prijzen: Maria, woensdag | Tom moet de zaal boeken | Maria zoekt de btw-vraag uit voor maandag
    ";
