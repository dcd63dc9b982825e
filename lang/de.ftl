# Alles, was E-Mails und ihre Seiten sagen, auf Deutsch. Namen von Beschwerden und Zitate werden nie übersetzt.

## Zahlen und Zeiten

people = { $count ->
    [one] { $count } Person
   *[other] { $count } Personen
}
followers = { $count } Follower
posts = { $count ->
    [one] { $count } Beitrag
   *[other] { $count } Beiträge
}
complaints = { $count ->
    [one] { $count } Beschwerde
   *[other] { $count } Beschwerden
}
alerts = { $count ->
    [one] { $count } Alarm
   *[other] { $count } Alarme
}
copies = { $count ->
    [one] { $count } geteilter oder fast gleicher Beitrag
   *[other] { $count } geteilte oder fast gleiche Beiträge
}
number = { $count }
colon = { $name }:
quoted = „{ $label }“
nobody = niemand
in-days = { $days ->
    [one] an einem Tag
   *[other] in { $days } Tagen
}
usual-unknown = noch nicht bekannt
usual-none = keine
usual-below-one = weniger als eine
usual-one = 1
usual-one-or-two = 1 oder 2
usual-about = etwa { $count }
often-several = mehrmals im Jahr
often-months = etwa alle { $months } Monate
often-year = etwa einmal im Jahr
often-years = etwa einmal in { $years } Jahren
often-never = seltener als einmal in { $years } Jahren
chance-very-sure = Wir sind sehr sicher, dass etwas dahintersteckt: Das übliche Auf und Ab allein brächte so viele Menschen { $often }.
chance-fairly-sure = Wir sind ziemlich sicher, dass etwas dahintersteckt: Das übliche Auf und Ab allein brächte so viele Menschen { $often }.
chance-not-sure = Wir sind noch nicht sicher, dass etwas dahintersteckt: Das übliche Auf und Ab allein brächte so viele Menschen { $often }.
sure-safety = Wir haben nicht geprüft, was sie sagen: Wo jemand zu Schaden kommen könnte, genügen uns zwei Personen.
span-below-day = weniger als ein Tag
span-days = { $count ->
    [one] ein Tag
   *[other] { $count } Tage
}
span-weeks = { $count } Wochen
span-months = { $count } Monate
span-years = { $count } Jahre
list = { $most } und { $last }
more = { $count } weitere
month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
day = { $day }. { $month }
date = { $day }. { $month } { $year }
moment = { $day }, { $time } { $zone }
from-to = { $first } – { $last }

## Orte und Sprachen

region = { $tag ->
    [AR] Argentinien
    [AT] Österreich
    [AU] Australien
    [BE] Belgien
    [BR] Brasilien
    [CA] Kanada
    [CH] Schweiz
    [CL] Chile
    [CN] China
    [CO] Kolumbien
    [DE] Deutschland
    [DK] Dänemark
    [ES] Spanien
    [FI] Finnland
    [FR] Frankreich
    [GB] Großbritannien
    [IE] Irland
    [IN] Indien
    [IT] Italien
    [JP] Japan
    [KR] Südkorea
    [MX] Mexiko
    [NL] Niederlande
    [NO] Norwegen
    [NZ] Neuseeland
    [PL] Polen
    [PT] Portugal
    [SE] Schweden
    [UA] Ukraine
    [US] USA
    [ZA] Südafrika
   *[other] { $name }
}
in-region = { $tag ->
    [CH] in der Schweiz
    [NL] in den Niederlanden
    [UA] in der Ukraine
    [US] in den USA
   *[other] in { $name }
}
on-source = auf { $name }
in-more-places = an { $count } weiteren Orten
elsewhere = anderswo
language = { $tag ->
    [ar] Arabisch
    [de] Deutsch
    [en] Englisch
    [es] Spanisch
    [fr] Französisch
    [hi] Hindi
    [it] Italienisch
    [ja] Japanisch
    [ko] Koreanisch
    [nl] Niederländisch
    [pl] Polnisch
    [pt] Portugiesisch
    [ru] Russisch
    [sv] Schwedisch
    [tr] Türkisch
    [uk] Ukrainisch
    [und] Sprache unbekannt
    [vi] Vietnamesisch
    [zh] Chinesisch
   *[other] { $name }
}

## Alarme: was für eine Nachricht es ist

news-safety = Sicherheit
news-storm = Viele Beschwerden auf einmal
news-opened = Neue Beschwerde nimmt zu
news-doubled = Mindestens doppelt so viele
news-more-around = Mehr Menschen ringsum
news-new-place = Jetzt auch { $places }
news-turned-severe = Jetzt eine Frage der Sicherheit
news-updated = Neues
news-resolved = Vorbei
news-quiet-safety = Sicherheit: vorerst ruhig
news-fix-holds = Die Behebung wirkt
news-not-an-issue = Beendet: Fehlalarm
news-merged = Geht in einem anderen Alarm weiter
news-said-fixed = Als behoben gemeldet
news-back-after-fix = Trotz der Behebung wieder da
news-came-back = Wieder da

## Alarme: der Betreff

subject = { $product }: „{ $label }“: { $said }
subject-danger = { $product }, Sicherheit
said-opened = { $people } { $window }, sonst { $usual }
said-young = { $people } { $window }
said-listed = { $people } { $window }, sonst { $usual }; { $news }
said-news = { $news }, { $people } { $window }
said-over = { $news }, { $people }, Dauer { $lasted }
brief-doubled = mindestens doppelt so viele
brief-more-around = mehr Menschen ringsum
brief-new-place = jetzt auch { $places }, { $people }
brief-turned-severe = jetzt eine Frage der Sicherheit
brief-updated = Neues
brief-resolved = vorbei
brief-quiet-safety = vorerst ruhig
brief-fix-holds = die Behebung wirkt
brief-not-an-issue = als Fehlalarm beendet
brief-merged = geht in einem anderen Alarm weiter
brief-said-fixed = als behoben gemeldet
brief-back-after-fix = trotz der Behebung wieder da
brief-came-back = wieder da
subject-storm = { $product }: { $count } Beschwerden nehmen gleichzeitig zu: { $named }

## Alarme: warum

reason-more-than-usual = Mehr Menschen als sonst sagen das.
reason-second-safety-voice = Eine zweite Person berichtet etwas, das jemanden verletzen könnte.
reason-doubled = Mindestens doppelt so viele Menschen sagen das wie in unserer letzten E-Mail.
reason-more-around = Viel mehr Menschen sprechen von derselben Sache, wenn auch nicht von Gefahr.
reason-new-place = Es wird jetzt an einem Ort gesagt, an dem es vorher nicht zu hören war.
reason-turned-severe = Es ist eine Frage der Sicherheit geworden.
reason-back-to-usual = Es ist ruhig: Seit Tagen sagen das nicht mehr Menschen als sonst.
reason-quiet-safety = Seit Tagen ist es ruhig. Das heißt nicht, dass die Gefahr vorbei ist: Niemand hat uns gesagt, dass sie behoben ist.
reason-new-usual = Es geht seit vier Wochen gleich weiter: Das ist jetzt das Übliche.
reason-resolved-by-hand = Jemand auf Ihrer Seite hat gesagt, dass es vorbei ist.
reason-not-an-issue = Jemand auf Ihrer Seite hat gesagt, dass das ein Fehlalarm ist.
by-resolved = { $who } hat gesagt, dass es vorbei ist.
by-not-an-issue = { $who } hat gesagt, dass das ein Fehlalarm ist.
by-said-fixed = { $who } hat gesagt, dass es behoben ist. Wir achten darauf, ob die Leute es nicht mehr sagen.
reason-merged = Es hat sich als dieselbe Sache wie bei einem anderen Alarm herausgestellt, der weitergeht.
by-merged = Es hat sich als dieselbe Sache wie „{ $label }“ herausgestellt. In den E-Mails dazu geht es weiter.
reason-came-back = Es war vorbei, und die Leute sagen es wieder.
reason-rule-removed = Die Regel, die darauf achtete, wurde entfernt.
reason-said-fixed = Jemand auf Ihrer Seite hat gesagt, dass es behoben ist. Wir achten darauf, ob die Leute es nicht mehr sagen.
reason-fix-holds = Die Behebung wirkt: Die Leute sagen es nicht mehr.
reason-back-after-fix = Es wurde für behoben erklärt, und die Leute sagen es wieder.
reason-shared-widely = Die Beschwerde einer Person wird von weit mehr Leuten geteilt als sonst bei diesem Produkt.

## Alarme: was geschieht

wrote = { $people } { $window } mit dieser Beschwerde über { $product }. Sonst: { $usual }.
wrote-young = { $people } schrieben dies über { $product } { $window }. Wie viele üblich sind, ist noch nicht bekannt: dazu wurde zu wenig gehört.
wrote-so-far = Bisher { $people } { $window } mit dieser Beschwerde über { $product }. Sonst wären es: { $usual }.
before = Am { $date } waren es { $people } { $window }.
now-places = Jetzt wird es auch { $places } gesagt.
came-to = Insgesamt { $people }, Dauer { $lasted }; davon { $peak } in der stärksten Woche.
came-to-all = Insgesamt { $people }, Dauer { $lasted }.
storm-title = { $count } Beschwerden nehmen gleichzeitig zu
storm = An einem Tag begannen { $count } Beschwerden über { $product } zuzunehmen. Eine einzige Ursache, etwa ein Ausfall oder ein Update, kann hinter allen stehen.
storm-do = Die Antworten unter jeder Beschwerde betreffen nur diese.
storm-newest = Die neueste ist „{ $label }“; die Zahlen und Zitate unten betreffen nur diese. Weitere von heute kommen zusammen in einer Liste.
in-all = insgesamt, Dauer { $lasted }
at-most = in der stärksten Woche
so-far = bisher, { $window }
usually = sonst { $window }
usually-would-be = sonst { $window }

## Alarme: verglichen mit sonst

compared-title = Verglichen mit dem Üblichen
compared-title-over = Was daraus wurde
opened-and-ended = Der Alarm begann am { $opened } und endete am { $ended }.
back-and-ended = Der Alarm kam am { $opened } zurück und endete am { $ended }.
first-wrote-today = Die erste Person schrieb am { $date }, am Tag dieser E-Mail.
first-wrote = Die erste Person schrieb am { $date } (Abstand zu dieser E-Mail: { $ago }).
first-wrote-on = Die erste Person schrieb am { $date }.
waited-since = Diese E-Mail hat auf die Zeiten Ihres Teams gewartet: Ihre Zahlen sind vom { $date }.
we-first-wrote = Unsere erste E-Mail dazu ist vom { $date }.
we-wrote-of-return = Dass es zurück ist, haben wir am { $date } geschrieben.
in-all-so-far = Insgesamt sind es bisher { $people }.
echoes = Dazu kommen: { $copies }. Kopien zählen nicht als Personen.
earlier = Über diese Beschwerde haben wir schon einmal geschrieben: damals { $people }. Es ging zu Ende; das ist { $ago } her.
earlier-no-issue = Über diese Beschwerde haben wir schon einmal geschrieben: damals { $people }. Vor { $ago } wurde das für einen Fehlalarm erklärt.
much-clearer = Was für einen Fehlalarm erklärt wurde, muss viel deutlicher sein, um wieder gemeldet zu werden, und das ist es.
fixed = Seit es behoben heißt ({ $ago } her): { $people }; im Tempo davor wären es { $usual } gewesen.
fixed-lately = Seit es behoben heißt ({ $ago } her): { $people }.
fixed-in = Seit der Behebung ({ $version }, { $ago } her): { $people }; im Tempo davor wären es { $usual } gewesen.
fixed-in-lately = Seit der Behebung ({ $version }, { $ago } her): { $people }.
shared = Diese Leute haben weitergegeben, was eine Person geschrieben hat. In allen anderen Zahlen sind sie eine Stimme.
coordinated = { $count } Konten schrieben an einem Tag fast dieselben Worte, ohne dass eines den Beitrag eines anderen teilte. Das sieht abgesprochen aus; sie zählen als eine Stimme.
tell-of-danger = { $count ->
    [one] { $count } davon berichtet von Gefahr.
   *[other] { $count } davon berichten von Gefahr.
}
beside-danger = { $count ->
    [one] { $count } weitere Person spricht von derselben Sache, ohne von Gefahr zu berichten, und ist nicht mitgezählt.
   *[other] { $count } weitere sprechen von derselben Sache, ohne von Gefahr zu berichten, und sind nicht mitgezählt.
}
perhaps-more = Vielleicht noch { $people }: Ihre Beiträge liegen bei diesen, sagen es aber mit anderen Worten und sind nicht mitgezählt.
perhaps = Es kann dieselbe Sache sein wie „{ $label }“, worüber wir schon geschrieben haben. Wenn ja, bitten Sie die Betreiber von groundswell, die beiden zusammenzulegen.
perhaps-shared = In beiden gezählt: { $people }.

## Alarme: die Grafik

chart-title = Personen pro Tag, verglichen mit dem Üblichen
chart-none = Noch keine Tage zu zeigen.
chart-days = Grafik: Personen pro Tag vom { $first } bis zum { $last }.
chart-most = Die meisten an einem Tag: { $people }, am { $date }.
chart-nobody = An keinem Tag jemand.
chart-week = Die letzten sieben Tage ergeben zusammen { $count }; üblich: { $usual }.
chart-sum = Die Balken seit der Zunahme ergeben zusammen die Zahl oben ({ $people }), jede am Tag ihres ersten Beitrags.
chart-utc = Jeder Tag beginnt um Mitternacht UTC.
chart-now = seit es zunahm
chart-before = davor
chart-usual = üblich
weeks-title = Woche für Woche, die Personen jedes Tages zusammengezählt:
week-usual = üblich: { $usual }

## Alarme: Zitate und Angaben

quotes-one = Was die Leute sagen
quotes-many = Was die Leute sagen: verschiedene Beispiele
byline = { $who } auf { $place }
facts-title = Was wir darüber wissen
fact-heard = Gehört auf
at-hand = von den { $count }, deren Beiträge vorliegen
fact-segments = Welches davon
fact-regions = Regionen
region-unknown = von { $count } unbekannt
fact-languages = Sprachen
fact-words = Kennzeichnende Wörter
fact-tone = Ton
fact-severity = Schwere
fact-found = Wie gefunden
found-by-topic = Das Thema „{ $topic }“ der Regeldateien achtet darauf.
found-by-posts = Keine Regel nennt es: Beiträge, die fast dasselbe sagen, wurden zusammengefasst.
fact-look-up = Bei Fragen
look-up = Fragen Sie die Betreiber von groundswell, und nennen Sie dies: { $ids }
fact-merge = Falls beide dasselbe sind
merge = Sie tippen ein: { $command }
file-line = { $file }, Zeile { $line }
tone-very-negative = sehr negativ
tone-negative = negativ
tone-little-negative = etwas negativ
tone-neutral = neutral: Die Leute stellen es fest, ohne zu schimpfen
tone-mild = mild: Die Beschwerde kommt mit freundlichen Worten
tone-friendly = insgesamt freundlich: Die Leute beschweren sich nur hierüber
tone-unknown = unbekannt
severity-low = gering
severity-high = hoch
severity-safety = Sicherheit

## Alarme: was zu tun ist

do-title = Was zu tun ist
do-seen = Gesehen
do-not-an-issue = Fehlalarm
do-was-not-an-issue = Es war ein Fehlalarm
do-an-issue = Doch kein Fehlalarm
do-silence = 7 Tage stumm
do-fixed = Behoben
do-links = Jeder Link öffnet eine Seite, die sagt, was geschehen wird, und einmal fragt. Sie gelten 30 Tage.
do-ask = Sagen Sie den Betreibern von groundswell, was davon zutrifft. Die Zeile darunter ist das, was sie eintippen.
do-mail = Jeder Knopf beginnt eine E-Mail an { $contact } mit dem, was dort einzutippen ist. Sie brauchen sie nur abzuschicken.
next-title = Wie es weitergeht
next-open = Wir schreiben wieder, frühestens in einem Tag und danach seltener, wenn doppelt so viele es sagen, wenn es einen neuen Ort erreicht und wenn es vorbei ist. Dazwischen nichts.
next-open-safety = Wir schreiben wieder, wenn doppelt so viele es sagen, wenn es einen neuen Ort erreicht und wenn es vorbei ist. E-Mails zur Sicherheit kommen sofort, welche Grenzen und Ruhezeiten Ihr Team auch hat.
next-over = Wir schreiben nur wieder, wenn es zurückkommt.
next-merged = Wir schreiben in den E-Mails zu dem anderen Alarm weiter.
next-said-fixed = Wir schreiben wieder, wenn klar ist, dass die Behebung wirkt, oder wenn die Leute es wieder sagen.
why-team = Sie erhalten dies, weil Ihr Team „{ $team }“ in den Regeldateien für { $product } zuständig ist.
why-thread = Sie erhalten dies, weil Ihr Team „{ $team }“ schon davon erfahren hat und bis zum Ende davon erfährt.
why-route = Sie erhalten dies, weil eine Zeile der Regeldateien ({ $line }) es an Ihr Team „{ $team }“ schickt.
why-operators = Niemand erhält mehr die E-Mails des Teams „{ $team }“. Diese betrifft die Sicherheit, darum geht sie an die Betreiber von groundswell.
less = Zu viele davon? Bitten Sie die Betreiber von groundswell, für das Team „{ $team }“ weniger Fehlalarme im Jahr zuzulassen.
less-from = Zu viele davon? Bitten Sie die Betreiber von groundswell, für das Team „{ $team }“ weniger Fehlalarme im Jahr zuzulassen; jetzt sind es { $budget }.
less-safety = Was jemanden verletzen könnte, wird immer gemeldet: Keine Grenze hält diese E-Mails zurück.
leave = Keine E-Mails dieses Teams mehr an Sie:
leave-link = mich von der Liste nehmen

## Die Liste dessen, was für einen Tag zu viel war

collected-subject = { $named }: { $count } Alarme in einer E-Mail
collected-named = { $product } ({ $count })
collected-lead = Das Team „{ $team }“ bekommt in 24 Stunden höchstens { $most } Alarm-E-Mails, und es ist mehr geschehen. Das ist der Rest: jeder Alarm, mit seiner neuesten Nachricht, das Ernsteste zuerst.
collected-lead-storm = Über ein Produkt begannen mehr Beschwerden auf einmal zuzunehmen, als für einzelne E-Mails gut ist; eine E-Mail hat das gesagt. Diese kamen danach, jede mit ihrer neuesten Nachricht, die ernstesten zuerst.
collected-more = Es ist mehr geschehen, als in diese Liste passt. Die Betreiber von groundswell können Ihnen den Rest zeigen.
collected-plain = Für alles Weitere unten war kein Platz für Knöpfe. Die nächste E-Mail darüber hat eigene.
collected-doubt = Hinter vielen davon kann ein Ausfall oder ein Update stehen; selten findet eine Regel zu viel, oder jemand schreibt, um etwas zu verdecken. Was jemanden verletzen könnte, wird immer sofort gemeldet.
collected-why = Sie erhalten dies, weil Alarme über diese Produkte an Ihr Team „{ $team }“ gehen.
quiet-subject = { $named }: { $count } Alarme aus Ihrer Ruhezeit
quiet-lead = Das Team „{ $team }“ hat Ruhezeiten. Das kam in dieser Zeit: jeder Alarm, mit seiner neuesten Nachricht, das Ernsteste zuerst.
listed-subject = { $named }: { $count } Alarme in einer Liste
listed-lead = Das Team „{ $team }“ bekommt seine Alarme als Liste. Das kam seit der letzten: jeder Alarm, mit seiner neuesten Nachricht, das Ernsteste zuerst.
listed-lead-own = Sie bekommen die Alarme des Teams „{ $team }“ als Liste. Das kam seit der letzten: jeder Alarm, mit seiner neuesten Nachricht, das Ernsteste zuerst.
list-danger = Was jemanden verletzen könnte, wird immer sofort gemeldet.

## Der Überblick

digest-subject = { $stretch }: { $alerts }; { $complaints }, insgesamt { $posts }
digest-subject-alerts = { $stretch }: { $alerts }
digest-week-from = Woche ab { $date }
digest-day-of = Tag vom { $date }
digest-day-says = Die Zahlen sind die vom { $date } (UTC); was mit Alarmen geschah, ist bis zu dieser E-Mail erzählt.
digest-no-alerts = keine Alarme
digest-alerts = { $alerts } ({ $kinds })
digest-new = { $count ->
    [one] { $count } neu
   *[other] { $count } neu
}
digest-grown = { $count } noch offen
digest-ended = { $count } vorbei
digest-quiet-day = An diesem Tag begann, änderte sich oder endete kein Alarm Ihres Teams.
digest-quiet-week = In dieser Woche begann, änderte sich oder endete kein Alarm Ihres Teams.
digest-more = { $count ->
    [one] Es ist { $count } Sache mehr geschehen, als aufgeführt ist.
   *[other] Es sind { $count } Dinge mehr geschehen, als aufgeführt sind.
}
digest-still-open = Noch offen, seit dem { $date }: bisher { $people }.
digest-doubled = Die Zahl der Menschen, die das sagen, hat sich mindestens verdoppelt.
digest-so-far = Bisher { $people }.
digest-opened = begonnen am { $day }
digest-grew = gewachsen am { $day }
digest-over = vorbei am { $day }
digest-came-back = wieder da am { $day }
digest-posts-day = { $posts }, davon { $complaints } Beschwerden (Kopien einmal gezählt); am Tag davor { $postsBefore } und { $complaintsBefore }.
digest-posts-week = { $posts }, davon { $complaints } Beschwerden (Kopien einmal gezählt); in der Woche davor { $postsBefore } und { $complaintsBefore }.
digest-reach = Die Schreibenden haben zusammen { $followers }.
digest-growing = Nimmt zu, noch kein Alarm
digest-wished = Gewünscht
digest-line-day = { $what }: { $people } an diesem Tag, { $before } am Tag davor
digest-line-week = { $what }: { $people } in dieser Woche, { $before } in der Woche davor
digest-the-day-before = am Tag davor
digest-the-week-before = in der Woche davor
digest-the-quarter-before = im Quartal davor
digest-feeling = Stimmung der Beiträge: { $mean } auf einer Skala von −1 (schlecht) bis +1 (gut), auf { $error } genau.
digest-feeling-compared = Stimmung der Beiträge: { $compared }. Sie liegt bei { $mean } auf einer Skala von −1 (schlecht) bis +1 (gut), auf { $error } genau.
digest-feeling-unclear = Stimmung der Beiträge: zu wenige, um es zu sagen.
digest-same = etwa wie { $other } (da war sie { $mean })
digest-better = besser als { $other } (da war sie { $mean })
digest-worse = schlechter als { $other } (da war sie { $mean })
digest-worth-title = Lohnt es sich?
digest-judged = { $good ->
    [one] Bewertet: { $alerts }; { $good } davon hat sich gelohnt.
   *[other] Bewertet: { $alerts }; { $good } davon haben sich gelohnt.
}
digest-leads = { $count ->
    [one] Bei { $count } Alarm ist der Tag bekannt, an dem Sie es sonst erfahren hätten: Er kam { $days } Tage vorher.
   *[other] Bei { $count } Alarmen ist der Tag bekannt, an dem Sie es sonst erfahren hätten: Die Hälfte kam { $days } Tage vorher oder früher.
}
digest-look-up = Fragen dazu? Fragen Sie die Betreiber von groundswell: Sie können alles nachsehen.
digest-why = Sie erhalten dies, weil Ihr Team „{ $team }“ einen Überblick gewählt hat. Die Betreiber von groundswell können ändern, wie oft er kommt, oder ihn abstellen.

## Die Seiten hinter den Links

ask-seen = Haben Sie das gesehen?
ask-not-an-issue = Ist das ein Fehlalarm?
ask-silence = Eine Woche lang keine E-Mails hierüber?
ask-fixed = Ist das behoben?
ask-leave = Keine E-Mails mehr?
ask-undo = Rückgängig machen?
yes-seen = Ja, ich habe es gesehen
yes-not-an-issue = Ja, es ist ein Fehlalarm
yes-silence = 7 Tage stumm
yes-fixed = Ja, es ist behoben
yes-leave = Mich von der Liste nehmen
yes-undo = Rückgängig machen
ask-nothing-yet = Noch ist nichts geschehen. Es wird festgehalten, dass { $who } das gesagt hat. Dieser Link gilt bis zum { $date }.
happens-seen = Der Alarm bleibt offen, und Neues darüber kommt seltener: Ihr Team weiß Bescheid, darum gibt es weniger zu sagen.
happens-not-an-issue = Der Alarm endet, Ihr Team erfährt es, und es müssen viel mehr Menschen dasselbe sagen, bis wir wieder darüber schreiben.
happens-not-an-issue-safety = Der Alarm endet, und alle, die davon erfuhren, hören es. Es geht um Sicherheit: Sobald zwei weitere Personen mit ähnlichen Worten von derselben Gefahr erzählen oder von einer anderen, schreiben wir wieder.
happens-not-an-issue-over = Der Alarm ist schon vorbei und bleibt es. Es müssen viel mehr Menschen dasselbe sagen, bis wir wieder darüber schreiben.
happens-silence = Das Team „{ $team }“ bekommt { $days } Tage lang keine E-Mails über diesen Alarm. Der Alarm selbst läuft weiter wie bisher.
happens-silence-over = Der Alarm ist schon vorbei. Kommt er in den nächsten { $days } Tagen wieder, bekommt das Team „{ $team }“ in dieser Zeit keine E-Mails darüber.
happens-silence-safety = Hier geht es um Sicherheit. Das Team „{ $team }“ hört { $days } Tage lang nichts mehr über diesen Alarm, auch wenn doppelt so viele Menschen es sagen. Der Alarm selbst läuft weiter wie bisher.
happens-unsilence = Das Team „{ $team }“ bekommt ab jetzt wieder E-Mails über diesen Alarm.
happens-an-issue = Es gilt nicht mehr als Fehlalarm. Der Alarm selbst bleibt beendet; wir schreiben, wenn wieder mehr Menschen als sonst dasselbe sagen.
happens-fixed = Der Alarm endet. Ihr Team erfährt, wenn sich zeigt, dass die Behebung wirkt, frühestens in einer Woche, oder wenn die Leute es wieder sagen.
happens-leave = Keine E-Mail über Produkte des Teams „{ $team }“ geht mehr an { $who }, auch keine über Sicherheit. Andere im Team, falls es sie gibt, bekommen sie weiterhin.
happens-come-back = E-Mails über Produkte des Teams „{ $team }“ gehen wieder an { $who }.
done = Erledigt
done-close = Sie können diese Seite schließen.
done-undo = Aus Versehen gedrückt? Hier lässt es sich rückgängig machen. Sonst können Sie diese Seite schließen.
done-seen = Aus Versehen gedrückt? Es geht nichts verloren: E-Mails darüber kommen weiterhin, nur seltener. Sie können diese Seite schließen.
done-fixed = Aus Versehen gedrückt? Es geht nichts verloren: Sobald es wieder gesagt wird, erfährt Ihr Team davon. Sie können diese Seite schließen.
unknown-title = Dieser Alarm ist hier nicht bekannt
unknown = Er kann aus einer Installation stammen, die neu eingerichtet wurde. Die Betreiber von groundswell können nachsehen.
seen-title = Jemand hat es schon gesehen
seen = { $who } hat das am { $date } gesagt. Mehr muss nicht gedrückt werden.
over-title = Es ist schon vorbei
over = Seit dem { $date }: { $reason } Es bleibt nichts zu tun.
over-quiet = Es ist ruhig.
undone-title = Es gibt nichts rückgängig zu machen
undone = Es wurde schon rückgängig gemacht oder hat von selbst geendet.
silent-title = Es ist schon stumm
silent = { $who } hat es bis zum { $date } stummgeschaltet.
left-title = Sie stehen schon nicht mehr auf der Liste
left = Seit dem { $date } gehen keine E-Mails des Teams „{ $team }“ an { $who }.
forged-title = Dieser Link funktioniert nicht
forged = Er ist nicht so, wie er verschickt wurde: Mailprogramme schneiden lange Links manchmal ab. Öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz. Geht es dann noch nicht, können die Betreiber von groundswell es für Sie tun.
expired-title = Dieser Link ist abgelaufen
expired = Er galt bis zum { $date }. Nehmen Sie die neueste E-Mail über diesen Alarm, oder bitten Sie die Betreiber von groundswell einzutippen: { $command }
later-title = Das hat gerade nicht geklappt
later = Es wurde nichts geändert. Bitte versuchen Sie es in einer Minute noch einmal; der Link gilt weiter.
nowhere-title = Hier ist nichts
nowhere = Die Links in den E-Mails von groundswell führen auf Seiten hier; dies ist keine davon.
