//! Tables of Polish sentences.

use super::Frames;

pub(crate) const FRAMES: Frames = Frames {
    brief: "Dzień dobry, Panie Jonaszu,\n\nrobimy mydło w Gdyni, mój mąż Piet i ja.\n\n{}\n\nPozdrawiam\nMaria",
    mail: "Od: Maria Olsen\nDo: Jonasz Berg\nData: środa, 4 marca 2026 09:10\nTemat: Odp: mydło\n\nPanie Jonaszu,\n\nmój mąż Piet pozdrawia.\n\n{}\n\nMaria\n",
    reply: "Od: Maria Olsen\nDo: Jonasz Berg\nData: środa, 4 marca 2026 09:10\nTemat: Odp: mydło\n\nPanie Jonaszu,\n\nbardzo dziękuję, to było szybko.\n\nMaria\n\nW dniu 3.03.2026 o 18:02 Jonasz Berg napisał:\n> Dzień dobry,\n>\n> miło było państwa poznać.\n>\n> {}\n>\n> Jonasz\n",
};

pub(crate) const NOTE: &str = "Rozmowa z Maria + Tomek (mydlarnia), 4 marca\n\n- drugi szkic się podoba\n- ja: makieta do poniedziałku\n- {}\n- Tomek: zdjęcia mieszadła\n";

pub(crate) const CLIENT: &str = "
    f | Czy mógłby Pan przysłać wycenę do piątku? | Proszę poprawić etykietę. | Chcielibyśmy nowe logo. | Potrzebuję pierwszej wersji do poniedziałku. | Czy może Pan wymienić zdjęcie na drugiej stronie? | Potrzebujemy nowego formularza zamówień. | Powinien Pan też porozmawiać z drukarnią o papierze. | Proszę nie zapomnieć o fakturze. | Wykonawca dostarczy pliki w PDF. | Byłoby świetnie, gdyby poprawił Pan formularz. | Prosimy o trzy projekty etykiet. | Baner musi być większy. | Proszę podać cenę jednej etykiety. | Proszę przesłać umowę w tym tygodniu.
    c | Jutro wyślę Panu logo. | Zdjęcia zrobię sama w weekend. | Nasza drukarnia prześle Panu szablon do piątku. | Teksty dostanie Pan w poniedziałek. | Moja asystentka Lena zeskanuje stare plany. | Piet zmierzy półki w sobotę. | Zapytam naszego prawnika. | Tekstami zajmę się do środy. | Rysunki dostarczy nasz architekt. | Piet obiecał znaleźć plan do piątku. | Podpisaną umowę dostanie Pan w piątek. | Hasła prześlę dziś wieczorem. | Nasz informatyk Colin postawi serwer jutro. | Cennik podeślę we wtorek.
    ";

pub(crate) const FREELANCER: &str = "
    f | W piątek przyślę pierwszy szkic. | Wycenę dostanie Pani w czwartek. | Przygotuję plan testów do poniedziałku. | Jutro zrobię testy i napiszę raport. | W tym tygodniu wgram produkty.
    c | Czy mogłaby Pani przysłać teksty w Wordzie? | Potrzebuję jeszcze logo. | Proszę podpisać ofertę do wtorku. | Czy może mi Pani dać dostęp do serwera? | Od Państwa potrzebuję cennika. | Proszę o wymiary do poniedziałku.
    ";

pub(crate) const NOTES: &str = "
    f | ja: zamówić papier | zamówić papier do piątku (ja) | zadzwonić do drukarni jutro, ja | plan półek – ja, 3 h | sprawdzić czcionki, 1 h
    c | Maria: lista produktów | Maria wyśle logo do piątku | logo wektorowe (Maria, do piątku) | logo wektorowe, do piątku – Maria | Tomek → wymiary mieszadła | Maria + Tomek: wybrać szkic do czwartku | ceny: Maria, środa | Tomek musi zarezerwować salę | Maria sprawdzi sprawę VAT do poniedziałku | p. Dorota wyśle mi słowniczek jutro
    ";
