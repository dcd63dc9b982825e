# Tout ce que disent les e-mails et leurs pages, en français. Les noms des plaintes et les citations ne sont jamais traduits.

## Nombres et dates

people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
followers = { $count ->
    [one] { $count } abonné
   *[other] { $count } abonnés
}
posts = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
complaints = { $count ->
    [one] { $count } plainte
   *[other] { $count } plaintes
}
alerts = { $count ->
    [one] { $count } alerte
   *[other] { $count } alertes
}
copies = { $count ->
    [one] { $count } repartage ou quasi-copie
   *[other] { $count } repartages et quasi-copies
}
number = { $count }
colon = { $name } :
quoted = « { $label } »
nobody = personne
in-days = { $days ->
    [one] en un jour
   *[other] en { $days } jours
}
usual-unknown = pas encore connu
usual-none = aucune
usual-below-one = moins d’une
usual-one = 1
usual-one-or-two = 1 ou 2
usual-about = environ { $count }
often-several = plusieurs fois par an
often-months = environ tous les { $months } mois
often-year = environ une fois par an
often-years = environ une fois en { $years } ans
often-never = moins d’une fois en { $years } ans
chance-very-sure = Nous sommes très sûrs qu’il y a quelque chose derrière : à elles seules, les variations habituelles amèneraient autant de monde { $often }.
chance-fairly-sure = Nous sommes assez sûrs qu’il y a quelque chose derrière : à elles seules, les variations habituelles amèneraient autant de monde { $often }.
chance-not-sure = Nous ne sommes pas encore sûrs qu’il y ait quelque chose derrière : à elles seules, les variations habituelles amèneraient autant de monde { $often }.
sure-safety = Nous n’avons pas vérifié ce qu’elles disent : quand quelqu’un pourrait être blessé, deux personnes nous suffisent pour écrire.
span-below-day = moins d’un jour
span-days = { $count ->
    [one] un jour
   *[other] { $count } jours
}
span-weeks = { $count } semaines
span-months = { $count } mois
span-years = { $count } ans
list = { $most } et { $last }
more = { $count ->
    [one] { $count } autre
   *[other] { $count } autres
}
month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
day = { $day ->
    [1] 1er { $month }
   *[other] { $day } { $month }
}
date = { $day ->
    [1] 1er { $month } { $year }
   *[other] { $day } { $month } { $year }
}
moment = { $day }, { $time } { $zone }
from-to = { $first } – { $last }

## Lieux et langues

region = { $tag ->
    [AR] Argentine
    [AT] Autriche
    [AU] Australie
    [BE] Belgique
    [BR] Brésil
    [CA] Canada
    [CH] Suisse
    [CL] Chili
    [CN] Chine
    [CO] Colombie
    [DE] Allemagne
    [DK] Danemark
    [ES] Espagne
    [FI] Finlande
    [FR] France
    [GB] Royaume-Uni
    [IE] Irlande
    [IN] Inde
    [IT] Italie
    [JP] Japon
    [KR] Corée du Sud
    [MX] Mexique
    [NL] Pays-Bas
    [NO] Norvège
    [NZ] Nouvelle-Zélande
    [PL] Pologne
    [PT] Portugal
    [SE] Suède
    [UA] Ukraine
    [US] États-Unis
    [ZA] Afrique du Sud
   *[other] { $name }
}
in-region = { $tag ->
    [BR] au Brésil
    [CA] au Canada
    [CL] au Chili
    [DK] au Danemark
    [GB] au Royaume-Uni
    [JP] au Japon
    [MX] au Mexique
    [NL] aux Pays-Bas
    [PT] au Portugal
    [US] aux États-Unis
   *[other] en { $name }
}
on-source = sur { $name }
in-more-places = dans { $count } autres lieux
elsewhere = ailleurs
language = { $tag ->
    [ar] arabe
    [de] allemand
    [en] anglais
    [es] espagnol
    [fr] français
    [hi] hindi
    [it] italien
    [ja] japonais
    [ko] coréen
    [nl] néerlandais
    [pl] polonais
    [pt] portugais
    [ru] russe
    [sv] suédois
    [tr] turc
    [uk] ukrainien
    [und] langue inconnue
    [vi] vietnamien
    [zh] chinois
   *[other] { $name }
}

## Alertes : quelle sorte de nouvelle

news-safety = Sécurité
news-storm = Plusieurs plaintes à la fois
news-opened = Nouvelle plainte en hausse
news-doubled = Au moins deux fois plus
news-more-around = Plus de monde autour
news-new-place = Maintenant aussi { $places }
news-turned-severe = Devient une question de sécurité
news-updated = Du nouveau
news-resolved = Terminé
news-quiet-safety = Sécurité : calme pour l’instant
news-fix-holds = La correction fonctionne
news-not-an-issue = Clos : pas un problème
news-merged = Continue dans une autre alerte
news-said-fixed = Déclaré corrigé
news-back-after-fix = De retour malgré la correction
news-came-back = De retour

## Alertes : l’objet

subject = { $product } : « { $label } » : { $said }
subject-danger = { $product }, sécurité
said-opened = { $people } { $window }, d’habitude { $usual }
said-young = { $people } { $window }
said-listed = { $people } { $window }, d’habitude { $usual } ; { $news }
said-news = { $news }, { $people } { $window }
said-over = { $news }, { $people } en { $lasted }
brief-doubled = au moins deux fois plus
brief-more-around = plus de monde autour
brief-new-place = maintenant aussi { $places }, { $people }
brief-turned-severe = devient une question de sécurité
brief-updated = du nouveau
brief-resolved = terminé
brief-quiet-safety = calme pour l’instant
brief-fix-holds = la correction fonctionne
brief-not-an-issue = clos car pas un problème
brief-merged = continue dans une autre alerte
brief-said-fixed = déclaré corrigé
brief-back-after-fix = de retour malgré la correction
brief-came-back = de retour
subject-storm = { $product } : { $count } plaintes en hausse à la fois : { $named }

## Alertes : pourquoi

reason-more-than-usual = Plus de personnes que d’habitude le disent.
reason-second-safety-voice = Une deuxième personne signale quelque chose qui pourrait blesser quelqu’un.
reason-doubled = Au moins deux fois plus de personnes le disent que dans notre dernier e-mail.
reason-more-around = Bien plus de personnes parlent de la même chose, mais sans parler de danger.
reason-new-place = On l’entend maintenant là où on ne l’avait pas entendu avant.
reason-turned-severe = C’est devenu une question de sécurité.
reason-back-to-usual = Le calme est revenu : depuis des jours, pas plus de personnes que d’habitude ne le disent.
reason-quiet-safety = Le calme est revenu depuis des jours. Cela ne veut pas dire que le danger est passé : personne ne nous a dit que c’est corrigé.
reason-new-usual = Cela continue au même rythme depuis quatre semaines : c’est désormais l’habitude.
reason-resolved-by-hand = Quelqu’un chez vous a dit que c’est terminé.
reason-not-an-issue = Quelqu’un chez vous a dit que ce n’est pas un problème.
by-resolved = { $who } a dit que c’est terminé.
by-not-an-issue = { $who } a dit que ce n’est pas un problème.
by-said-fixed = { $who } a dit que c’est corrigé. Nous surveillons si on cesse de le dire.
reason-merged = C’est en fait la même chose qu’une autre alerte, qui continue.
by-merged = C’est en fait la même chose que « { $label } ». Nous continuons dans les e-mails à ce sujet.
reason-came-back = C’était terminé, et on le dit de nouveau.
reason-rule-removed = La règle qui le surveillait a été retirée.
reason-said-fixed = Quelqu’un chez vous a dit que c’est corrigé. Nous surveillons si on cesse de le dire.
reason-fix-holds = La correction fonctionne : on ne le dit plus.
reason-back-after-fix = C’était déclaré corrigé, et on le dit de nouveau.
reason-shared-widely = La plainte d’une personne est partagée par bien plus de monde que d’habitude pour ce produit.

## Alertes : ce qui se passe

wrote = { $product } : { $people } l’ont écrit { $window }. D’habitude : { $usual }.
wrote-young = { $people } ont écrit cela sur { $product } { $window }. On ne sait pas encore combien sont habituelles : on a trop peu entendu.
wrote-so-far = { $product } : { $people } l’ont écrit jusqu’ici, { $window }. D’habitude, ce serait { $usual }.
before = Le { $date }, il y en avait moins : { $people } { $window }.
now-places = On le dit maintenant aussi { $places }.
came-to = Au total : { $people } en { $lasted }, dont { $peak } pendant la semaine la plus chargée.
came-to-all = Au total : { $people } en { $lasted }.
storm-title = { $count } plaintes en hausse à la fois
storm = { $product } : en une journée, { $count } plaintes ont commencé à monter. Une seule cause, comme une panne ou une mise à jour, peut être derrière toutes.
storm-do = Les réponses sous chaque plainte ne concernent que celle-ci.
storm-newest = La plus récente est « { $label } » ; les chiffres et les citations qui suivent ne parlent que d’elle. Celles qui s’ajouteront aujourd’hui viendront dans une seule liste.
in-all = au total, en { $lasted }
at-most = pendant la semaine la plus chargée
so-far = jusqu’ici, { $window }
usually = d’habitude { $window }
usually-would-be = d’habitude { $window }

## Alertes : comparé à l’habitude

compared-title = Comparé à l’habitude
compared-title-over = Le bilan
opened-and-ended = L’alerte s’est ouverte le { $opened } et s’est terminée le { $ended }.
back-and-ended = L’alerte est revenue le { $opened } et s’est terminée le { $ended }.
first-wrote-today = Le premier message date du { $date }, le jour de cet e-mail.
first-wrote = Le premier message date du { $date }, { $ago } avant cet e-mail.
first-wrote-on = Le premier message date du { $date }.
waited-since = Cet e-mail a attendu les heures de votre équipe : ses chiffres sont ceux du { $date }.
we-first-wrote = Notre premier e-mail à ce sujet date du { $date }.
we-wrote-of-return = Nous avons écrit le { $date } que c’est de retour.
in-all-so-far = En tout, cela fait { $people }.
echoes = S’y ajoutent { $copies } : les copies ne comptent pas comme des personnes.
earlier = Nous avons déjà écrit au sujet de cette plainte : { $people } à ce moment-là. Cela s’est terminé il y a { $ago }.
earlier-no-issue = Nous avons déjà écrit au sujet de cette plainte : { $people } à ce moment-là. Il y a { $ago }, quelqu’un chez vous a dit que ce n’est pas un problème.
much-clearer = Il faut ensuite que ce soit bien plus net pour que nous en reparlions, et c’est le cas.
fixed = Depuis qu’il a été dit que c’est corrigé, il y a { $ago } : { $people } ; au rythme d’avant, il y en aurait eu { $usual }.
fixed-lately = Depuis qu’il a été dit que c’est corrigé, il y a { $ago } : { $people }.
fixed-in = Depuis la correction ({ $version }), il y a { $ago } : { $people } ; au rythme d’avant, il y en aurait eu { $usual }.
fixed-in-lately = Depuis la correction ({ $version }), il y a { $ago } : { $people }.
shared = Ces personnes ont relayé ce qu’une seule a écrit. Dans tous les autres chiffres, elles comptent pour une voix.
coordinated = { $count } comptes ont écrit presque les mêmes mots en un jour, sans qu’aucun ne partage le message d’un autre. Cela semble organisé ; ils comptent comme une seule voix.
tell-of-danger = { $count ->
    [one] { $count } d’entre elles parle de danger.
   *[other] { $count } d’entre elles parlent de danger.
}
beside-danger = { $count ->
    [one] { $count } autre personne parle de la même chose sans parler de danger, et n’est pas comptée.
   *[other] { $count } autres personnes parlent de la même chose sans parler de danger, et ne sont pas comptées.
}
perhaps-more = Peut-être { $people } de plus : leurs messages sont rangés avec ceux-ci, mais le disent autrement et ne sont pas comptés.
perhaps = C’est peut-être la même chose que « { $label } », dont nous avons déjà parlé. Si oui, demandez à ceux qui gèrent groundswell de réunir les deux.
perhaps-shared = Comptées dans les deux : { $people }.

## Alertes : le graphique

chart-title = Personnes par jour, comparé à l’habitude
chart-none = Aucun jour à montrer pour l’instant.
chart-days = Graphique : personnes par jour, du { $first } au { $last }.
chart-most = Le plus en un jour : { $people }, le { $date }.
chart-nobody = Personne, aucun jour.
chart-week = Les sept derniers jours font { $count } en tout ; d’habitude { $usual }.
chart-sum = Les barres depuis la hausse donnent ensemble le total ci-dessus, { $people }, chacune le jour de son premier message.
chart-utc = Chaque jour commence à minuit UTC.
chart-now = depuis la hausse
chart-before = avant
chart-usual = d’habitude
weeks-title = Semaine par semaine, les personnes de chaque jour additionnées :
week-usual = d’habitude { $usual }

## Alertes : citations et faits

quotes-one = Ce qu’on dit
quotes-many = Ce qu’on dit : exemples variés
byline = { $who } sur { $place }
facts-title = Ce que nous en savons
fact-heard = Entendu sur
at-hand = parmi { $count } dont les messages sont disponibles
fact-segments = Version ou modèle
fact-regions = Régions
region-unknown = inconnue pour { $count }
fact-languages = Langues
fact-words = Mots qui la distinguent
fact-tone = Ton
fact-severity = Gravité
fact-found = Comment on l’a trouvée
found-by-topic = Le thème « { $topic } » des fichiers de règles la surveille.
found-by-posts = Aucune règle ne la nomme : des messages qui disent presque la même chose ont été réunis.
fact-look-up = En cas de question
look-up = Demandez à ceux qui gèrent groundswell, en citant ceci : { $ids }
fact-merge = Si les deux ne font qu’une
merge = Ils tapent : { $command }
file-line = { $file }, ligne { $line }
tone-very-negative = très négatif
tone-negative = négatif
tone-little-negative = un peu négatif
tone-neutral = neutre : on le constate plutôt qu’on ne s’emporte
tone-mild = doux : la plainte vient avec des mots aimables
tone-friendly = aimable dans l’ensemble : on ne se plaint que de cela
tone-unknown = inconnu
severity-low = faible
severity-high = élevée
severity-safety = sécurité

## Alertes : que faire

do-title = Que faire
do-seen = Vu
do-not-an-issue = Pas un problème
do-was-not-an-issue = Ce n’était pas un problème
do-an-issue = C’est bien un problème
do-silence = Silence 7 jours
do-fixed = Corrigé
do-links = Chaque lien ouvre une page qui dit ce qui va se passer et demande une fois. Ils marchent 30 jours.
do-ask = Dites à ceux qui gèrent groundswell ce qu’il en est. Sous chaque choix se trouve la ligne qu’ils ont à taper.
do-mail = Chaque bouton prépare un e-mail à { $contact } avec la ligne à taper. Il suffit de l’envoyer.
next-title = Et ensuite
next-open = Nous réécrirons dans un jour au plus tôt, puis plus rarement, quand deux fois plus de personnes le diront, quand un nouveau lieu sera touché, et quand ce sera terminé. Rien entre-temps.
next-open-safety = Nous réécrirons quand deux fois plus de personnes le diront, quand un nouveau lieu sera touché, et quand ce sera terminé. Les e-mails de sécurité partent tout de suite, quelles que soient les limites et les heures calmes de votre équipe.
next-over = Nous ne réécrirons que si cela revient.
next-merged = La suite viendra dans les e-mails de l’autre alerte.
next-said-fixed = Nous réécrirons quand il sera clair que la correction fonctionne, ou quand on le dira de nouveau.
why-team = Vous recevez ceci parce que votre équipe, « { $team } », s’occupe du produit « { $product } » dans les fichiers de règles.
why-thread = Vous recevez ceci parce que votre équipe, « { $team } », en a déjà été informée et l’est jusqu’à la fin.
why-route = Vous recevez ceci parce qu’une ligne des fichiers de règles ({ $line }) l’envoie à votre équipe, « { $team } ».
why-operators = Plus personne ne reçoit les e-mails de l’équipe « { $team } ». Celui-ci concerne la sécurité ; il va donc à ceux qui gèrent groundswell.
less = Trop d’e-mails ? Demandez à ceux qui gèrent groundswell d’admettre moins de fausses alertes par an pour l’équipe « { $team } ».
less-from = Trop d’e-mails ? Demandez à ceux qui gèrent groundswell d’admettre moins de fausses alertes par an pour l’équipe « { $team } » ; c’est { $budget } actuellement.
less-safety = Pour ce qui pourrait blesser quelqu’un, nous écrivons toujours : aucune limite ne retient ces e-mails.
leave = Ne plus recevoir d’e-mails de cette équipe :
leave-link = me retirer de la liste

## La liste de ce qui était trop pour un jour

collected-subject = { $named } : { $count } alertes dans un e-mail
collected-named = { $product } ({ $count })
collected-lead = L’équipe « { $team } » reçoit au plus { $most } e-mails d’alerte en 24 heures, et il s’est passé davantage. Voici le reste : chaque alerte avec sa dernière nouvelle, la plus grave d’abord.
collected-lead-storm = Trop de plaintes sur un même produit ont commencé à monter à la fois pour un e-mail chacune ; un e-mail vous l’a dit. Celles-ci sont venues ensuite, chacune avec sa dernière nouvelle, les plus graves d’abord.
collected-more = Il s’est passé plus que ce que cette liste peut contenir. Ceux qui gèrent groundswell peuvent vous montrer le reste.
collected-plain = Plus bas, il n’y avait plus de place pour des boutons. Le prochain e-mail sur chacune de ces alertes aura les siens.
collected-doubt = Une panne ou une mise à jour peut être derrière beaucoup d’entre elles ; plus rarement, une règle est trop large, ou quelqu’un publie pour cacher quelque chose. Pour ce qui pourrait blesser quelqu’un, nous écrivons toujours tout de suite.
collected-why = Vous recevez ceci parce que les alertes sur ces produits vont à votre équipe, « { $team } ».
quiet-subject = { $named } : { $count } alertes de vos heures calmes
quiet-lead = L’équipe « { $team } » a des heures calmes. Voici ce qui est arrivé entre-temps : chaque alerte avec sa dernière nouvelle, la plus grave d’abord.
listed-subject = { $named } : { $count } alertes dans une liste
listed-lead = L’équipe « { $team } » reçoit ses alertes sous forme de liste. Voici ce qui est arrivé depuis la dernière : chaque alerte avec sa dernière nouvelle, la plus grave d’abord.
listed-lead-own = Vous recevez les alertes de l’équipe « { $team } » sous forme de liste. Voici ce qui est arrivé depuis la dernière : chaque alerte avec sa dernière nouvelle, la plus grave d’abord.
list-danger = Pour ce qui pourrait blesser quelqu’un, nous écrivons toujours tout de suite.

## Le bilan

digest-subject = { $stretch } : { $alerts } ; { $complaints } dans { $posts }
digest-subject-alerts = { $stretch } : { $alerts }
digest-week-from = Semaine du { $date }
digest-day-of = Journée du { $date }
digest-day-says = Les chiffres sont ceux du { $date } (UTC) ; pour les alertes, tout est dit jusqu’à cet e-mail.
digest-no-alerts = aucune alerte
digest-alerts = { $alerts } ({ $kinds })
digest-new = { $count ->
    [one] { $count } nouvelle
   *[other] { $count } nouvelles
}
digest-grown = { $count ->
    [one] { $count } encore ouverte
   *[other] { $count } encore ouvertes
}
digest-ended = { $count ->
    [one] { $count } terminée
   *[other] { $count } terminées
}
digest-quiet-day = Aucune alerte de votre équipe ne s’est ouverte, n’a changé ni ne s’est terminée ce jour-là.
digest-quiet-week = Aucune alerte de votre équipe ne s’est ouverte, n’a changé ni ne s’est terminée cette semaine.
digest-more = { $count ->
    [one] { $count } autre chose s’est passée, qui n’est pas dans la liste.
   *[other] { $count } autres choses se sont passées, qui ne sont pas dans la liste.
}
digest-still-open = Encore ouverte, depuis le { $date } : { $people } jusqu’ici.
digest-doubled = Le nombre de personnes qui le disent a au moins doublé.
digest-so-far = { $people } jusqu’ici.
digest-opened = ouverte le { $day }
digest-grew = en hausse le { $day }
digest-over = terminée le { $day }
digest-came-back = de retour le { $day }
digest-posts-day = { $posts }, dont { $complaints } plaintes (les copies comptent une fois) ; la veille { $postsBefore } et { $complaintsBefore }.
digest-posts-week = { $posts }, dont { $complaints } plaintes (les copies comptent une fois) ; la semaine d’avant { $postsBefore } et { $complaintsBefore }.
digest-reach = Ceux qui ont écrit réunissent { $followers }.
digest-growing = En hausse, pas encore une alerte
digest-wished = Souhaité
digest-line-day = { $what } : { $people } ce jour-là, { $before } la veille
digest-line-week = { $what } : { $people } cette semaine, { $before } la semaine d’avant
digest-the-day-before = la veille
digest-the-week-before = la semaine d’avant
digest-the-quarter-before = le trimestre d’avant
digest-feeling = Humeur des messages : { $mean } sur une échelle de −1 (mauvaise) à +1 (bonne), à { $error } près.
digest-feeling-compared = Humeur des messages : { $compared }. Elle est de { $mean } sur une échelle de −1 (mauvaise) à +1 (bonne), à { $error } près.
digest-feeling-unclear = Humeur des messages : trop peu de messages pour le dire.
digest-same = à peu près comme { $other } (elle était de { $mean })
digest-better = meilleure que { $other } (elle était de { $mean })
digest-worse = moins bonne que { $other } (elle était de { $mean })
digest-worth-title = Est-ce que cela en vaut la peine ?
digest-judged = { $good ->
    [one] Sur { $alerts } que vous avez jugées, { $good } en valait la peine.
   *[other] Sur { $alerts } que vous avez jugées, { $good } en valaient la peine.
}
digest-leads = { $count ->
    [one] Pour { $count } alerte, on connaît le jour où vous l’auriez su autrement : elle est venue { $days } jours avant.
   *[other] Pour { $count } alertes, on connaît le jour où vous l’auriez su autrement : la moitié sont venues { $days } jours avant ou plus.
}
digest-look-up = Des questions ? Demandez à ceux qui gèrent groundswell : ils peuvent tout retrouver.
digest-why = Vous recevez ceci parce que votre équipe, « { $team } », a choisi un bilan. Ceux qui gèrent groundswell peuvent changer sa fréquence ou l’arrêter.

## Les pages derrière les liens

ask-seen = L’avez-vous vu ?
ask-not-an-issue = Est-ce une fausse alerte ?
ask-silence = Aucun e-mail à ce sujet pendant une semaine ?
ask-fixed = Est-ce corrigé ?
ask-leave = Ne plus recevoir d’e-mails ?
ask-undo = Revenir en arrière ?
yes-seen = Oui, je l’ai vu
yes-not-an-issue = Ce n’est pas un problème
yes-silence = Silence pendant 7 jours
yes-fixed = Oui, c’est corrigé
yes-leave = Me retirer de la liste
yes-undo = Annuler
ask-nothing-yet = Rien ne s’est encore passé. Il sera noté que { $who } l’a dit. Ce lien marche jusqu’au { $date }.
happens-seen = L’alerte reste ouverte, et les nouvelles à son sujet se font plus rares : votre équipe sait, il y a donc moins à dire.
happens-not-an-issue = L’alerte se termine, votre équipe en est informée, et il faudra que bien plus de personnes disent la même chose pour que nous en reparlions.
happens-not-an-issue-safety = L’alerte se termine, et tous ceux qui en ont été avertis le sauront. Il s’agit de sécurité : dès que deux autres personnes racontent le même danger en des mots proches, ou un autre danger, nous écrivons de nouveau.
happens-not-an-issue-over = L’alerte est déjà terminée et le reste. Il faudra que bien plus de personnes disent la même chose pour que nous en reparlions.
happens-silence = L’équipe « { $team } » ne reçoit aucun e-mail sur cette alerte pendant { $days } jours. L’alerte elle-même continue comme avant.
happens-silence-over = L’alerte est déjà terminée. Si elle revient dans les { $days } jours, l’équipe « { $team } » ne reçoit aucun e-mail à son sujet pendant ce temps.
happens-silence-safety = Il s’agit de sécurité. L’équipe « { $team } » n’apprend plus rien sur cette alerte pendant { $days } jours, même si deux fois plus de personnes le disent. L’alerte elle-même continue comme avant.
happens-unsilence = L’équipe « { $team } » reçoit de nouveau les e-mails sur cette alerte, dès maintenant.
happens-an-issue = Cela compte de nouveau comme un problème. L’alerte elle-même reste close ; nous écrirons quand plus de personnes que d’habitude le diront de nouveau.
happens-fixed = L’alerte se termine. Votre équipe est informée quand la correction a fait ses preuves, dans une semaine au plus tôt, ou quand on le dit de nouveau.
happens-leave = Plus aucun e-mail sur les produits de l’équipe « { $team } » ne va à { $who }, même pas sur la sécurité. Les autres de l’équipe, s’il y en a, les reçoivent toujours.
happens-come-back = Les e-mails sur les produits de l’équipe « { $team } » vont de nouveau à { $who }.
done = C’est fait
done-close = Vous pouvez fermer cette page.
done-undo = Appuyé par erreur ? Annulez ici. Sinon, vous pouvez fermer cette page.
done-seen = Appuyé par erreur ? Rien n’est perdu : les e-mails à ce sujet viennent toujours, mais moins souvent. Vous pouvez fermer cette page.
done-fixed = Appuyé par erreur ? Rien n’est perdu : dès qu’on le dit de nouveau, votre équipe est informée. Vous pouvez fermer cette page.
unknown-title = Cette alerte n’est pas connue ici
unknown = Elle vient peut-être d’une installation refaite depuis. Ceux qui gèrent groundswell peuvent la chercher.
seen-title = Quelqu’un l’a déjà vu
seen = { $who } l’a dit le { $date }. Plus besoin d’appuyer sur quoi que ce soit.
over-title = C’est déjà terminé
over = Depuis le { $date } : { $reason } Il n’y a plus rien à faire.
over-quiet = c’est calme.
undone-title = Il n’y a rien à annuler
undone = Cela a déjà été annulé, ou s’est terminé tout seul.
silent-title = C’est déjà en silence
silent = { $who } l’a mise en silence jusqu’au { $date }.
left-title = Vous n’êtes déjà plus sur la liste
left = Depuis le { $date }, aucun e-mail de l’équipe « { $team } » ne va à { $who }.
forged-title = Ce lien ne marche pas
forged = Il n’est pas tel qu’il a été envoyé : les logiciels de messagerie coupent parfois les longs liens. Ouvrez-le de nouveau depuis l’e-mail, ou copiez-le en entier. S’il ne marche toujours pas, ceux qui gèrent groundswell peuvent le faire pour vous.
expired-title = Ce lien a expiré
expired = Il marchait jusqu’au { $date }. Prenez l’e-mail le plus récent sur cette alerte, ou demandez à ceux qui gèrent groundswell de taper : { $command }
later-title = Cela n’a pas marché à l’instant
later = Rien n’a été changé. Réessayez dans une minute ; le lien reste bon.
nowhere-title = Il n’y a rien ici
nowhere = Les liens des e-mails de groundswell mènent à des pages d’ici ; ce n’en est pas une.
