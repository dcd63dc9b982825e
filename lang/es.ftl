# Todo lo que dicen los correos y sus páginas, en español. Los nombres de las quejas y las citas nunca se traducen.

## Números y fechas

people = { $count ->
    [one] { $count } persona
   *[other] { $count } personas
}
followers = { $count ->
    [one] { $count } seguidor
   *[other] { $count } seguidores
}
posts = { $count ->
    [one] { $count } publicación
   *[other] { $count } publicaciones
}
complaints = { $count ->
    [one] { $count } queja
   *[other] { $count } quejas
}
alerts = { $count ->
    [one] { $count } alerta
   *[other] { $count } alertas
}
copies = { $count ->
    [one] { $count } publicación compartida o casi copiada
   *[other] { $count } publicaciones compartidas o casi copiadas
}
number = { $count }
colon = { $name }:
quoted = «{ $label }»
nobody = nadie
in-days = { $days ->
    [one] en un día
   *[other] en { $days } días
}
usual-unknown = aún no se sabe
usual-none = ninguna
usual-below-one = menos de una
usual-one = 1
usual-one-or-two = 1 o 2
usual-about = unas { $count }
often-several = varias veces al año
often-months = más o menos cada { $months } meses
often-year = más o menos una vez al año
often-years = más o menos una vez en { $years } años
often-never = menos de una vez en { $years } años
chance-very-sure = Estamos muy seguros de que hay algo detrás: los altibajos de siempre, por sí solos, traerían a tanta gente { $often }.
chance-fairly-sure = Estamos bastante seguros de que hay algo detrás: los altibajos de siempre, por sí solos, traerían a tanta gente { $often }.
chance-not-sure = Todavía no estamos seguros de que haya algo detrás: los altibajos de siempre, por sí solos, traerían a tanta gente { $often }.
sure-safety = No hemos comprobado lo que dicen: cuando alguien podría resultar herido, nos bastan dos personas para escribir.
span-below-day = menos de un día
span-days = { $count ->
    [one] un día
   *[other] { $count } días
}
span-weeks = { $count } semanas
span-months = { $count } meses
span-years = { $count } años
list = { $most } y { $last }
more = { $count } más
month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
day = { $day } de { $month }
date = { $day } de { $month } de { $year }
moment = { $day }, { $time } { $zone }
from-to = { $first } – { $last }

## Lugares e idiomas

region = { $tag ->
    [AR] Argentina
    [AT] Austria
    [AU] Australia
    [BE] Bélgica
    [BR] Brasil
    [CA] Canadá
    [CH] Suiza
    [CL] Chile
    [CN] China
    [CO] Colombia
    [DE] Alemania
    [DK] Dinamarca
    [ES] España
    [FI] Finlandia
    [FR] Francia
    [GB] Reino Unido
    [IE] Irlanda
    [IN] India
    [IT] Italia
    [JP] Japón
    [KR] Corea del Sur
    [MX] México
    [NL] Países Bajos
    [NO] Noruega
    [NZ] Nueva Zelanda
    [PL] Polonia
    [PT] Portugal
    [SE] Suecia
    [UA] Ucrania
    [US] Estados Unidos
    [ZA] Sudáfrica
   *[other] { $name }
}
in-region = { $tag ->
    [GB] en el Reino Unido
    [NL] en los Países Bajos
   *[other] en { $name }
}
on-source = en { $name }
in-more-places = en otros { $count } lugares
elsewhere = en otros sitios
language = { $tag ->
    [ar] árabe
    [de] alemán
    [en] inglés
    [es] español
    [fr] francés
    [hi] hindi
    [it] italiano
    [ja] japonés
    [ko] coreano
    [nl] neerlandés
    [pl] polaco
    [pt] portugués
    [ru] ruso
    [sv] sueco
    [tr] turco
    [uk] ucraniano
    [und] idioma desconocido
    [vi] vietnamita
    [zh] chino
   *[other] { $name }
}

## Alertas: qué clase de noticia es

news-safety = Seguridad
news-storm = Muchas quejas a la vez
news-opened = Nueva queja en aumento
news-doubled = Al menos el doble
news-more-around = Más gente alrededor
news-new-place = Ahora también { $places }
news-turned-severe = Ahora es cuestión de seguridad
news-updated = Novedades
news-resolved = Terminado
news-quiet-safety = Seguridad: en calma por ahora
news-fix-holds = La corrección funciona
news-not-an-issue = Cerrado: no es un problema
news-merged = Sigue en otra alerta
news-said-fixed = Dado por corregido
news-back-after-fix = De vuelta pese a la corrección
news-came-back = De vuelta

## Alertas: el asunto

subject = { $product }: «{ $label }»: { $said }
subject-danger = { $product }, seguridad
said-opened = { $people } { $window }, normalmente { $usual }
said-young = { $people } { $window }
said-listed = { $people } { $window }, lo habitual { $usual }; { $news }
said-news = { $news }, { $people } { $window }
said-over = { $news }, { $people } en { $lasted }
brief-doubled = al menos el doble
brief-more-around = más gente alrededor
brief-new-place = ahora también { $places }, { $people }
brief-turned-severe = ahora es cuestión de seguridad
brief-updated = novedades
brief-resolved = terminado
brief-quiet-safety = en calma por ahora
brief-fix-holds = la corrección funciona
brief-not-an-issue = cerrado por no ser un problema
brief-merged = sigue en otra alerta
brief-said-fixed = dado por corregido
brief-back-after-fix = de vuelta pese a la corrección
brief-came-back = de vuelta
subject-storm = { $product }: { $count } quejas en aumento a la vez: { $named }

## Alertas: por qué

reason-more-than-usual = Lo dicen más personas de lo habitual.
reason-second-safety-voice = Una segunda persona cuenta algo que podría hacer daño a alguien.
reason-doubled = Lo dice al menos el doble de personas que en nuestro último correo.
reason-more-around = Mucha más gente habla de lo mismo, aunque no de peligro.
reason-new-place = Ha llegado a un lugar donde antes no se había oído.
reason-turned-severe = Se ha vuelto una cuestión de seguridad.
reason-back-to-usual = Hay calma: desde hace días no lo dicen más personas de lo habitual.
reason-quiet-safety = Hay calma desde hace días. Eso no significa que el peligro haya pasado: nadie nos ha dicho que esté corregido.
reason-new-usual = Lleva cuatro semanas al mismo ritmo: ahora es lo habitual.
reason-resolved-by-hand = Alguien de su lado dijo que ha terminado.
reason-not-an-issue = Alguien de su lado dijo que no es un problema.
by-resolved = { $who } dijo que ha terminado.
by-not-an-issue = { $who } dijo que no es un problema.
by-said-fixed = { $who } dijo que está corregido. Vigilamos si la gente deja de decirlo.
reason-merged = Resultó ser lo mismo que otra alerta, que sigue abierta.
by-merged = Resultó ser lo mismo que «{ $label }». Seguimos en los correos sobre eso.
reason-came-back = Había terminado, y la gente lo dice de nuevo.
reason-rule-removed = Se quitó la regla que lo vigilaba.
reason-said-fixed = Alguien de su lado dijo que está corregido. Vigilamos si la gente deja de decirlo.
reason-fix-holds = La corrección funciona: la gente ya no lo dice.
reason-back-after-fix = Se dio por corregido, y la gente lo dice de nuevo.
reason-shared-widely = La queja de una persona la comparte mucha más gente de lo habitual en este producto.

## Alertas: qué pasa

wrote = { $people } lo escribieron sobre { $product } { $window }. Lo habitual: { $usual }.
wrote-young = { $people } escribieron esto sobre { $product } { $window }. Aún no se sabe cuántas son lo habitual: se ha oído demasiado poco.
wrote-so-far = { $people } lo han escrito sobre { $product } hasta ahora, { $window }. Lo habitual sería: { $usual }.
before = El { $date } eran { $people } { $window }.
now-places = Ahora se dice también { $places }.
came-to = Fueron { $people } en { $lasted }, { $peak } de ellas en la semana de más actividad.
came-to-all = Fueron { $people } en { $lasted }.
storm-title = { $count } quejas en aumento a la vez
storm = En un día empezaron a crecer { $count } quejas sobre { $product }. Una sola causa, como una caída o una actualización, puede estar detrás de todas.
storm-do = Las respuestas bajo cada queja actúan solo sobre esa queja.
storm-newest = La más reciente es «{ $label }»; las cifras y las citas que siguen tratan solo de ella. Las que se sumen hoy llegarán juntas en una lista.
in-all = en total, en { $lasted }
at-most = en la semana de más actividad
so-far = hasta ahora, { $window }
usually = lo habitual { $window }
usually-would-be = lo habitual { $window }

## Alertas: comparado con lo habitual

compared-title = Comparado con lo habitual
compared-title-over = En qué quedó
opened-and-ended = Se abrió el { $opened } y terminó el { $ended }.
back-and-ended = Volvió el { $opened } y terminó el { $ended }.
first-wrote-today = La primera de ellas escribió el { $date }, el día de este correo.
first-wrote = La primera de ellas escribió el { $date }, { $ago } antes de este correo.
first-wrote-on = La primera de ellas escribió el { $date }.
waited-since = Este correo esperó al horario de su equipo: sus cifras son del { $date }.
we-first-wrote = Nuestro primer correo sobre esto es del { $date }.
we-wrote-of-return = Que ha vuelto lo escribimos el { $date }.
in-all-so-far = En total ya son { $people }.
echoes = Además hay { $copies }: las copias no cuentan como personas.
earlier = Ya hemos escrito sobre esta queja: entonces, { $people }. Terminó hace { $ago }.
earlier-no-issue = Ya hemos escrito sobre esta queja: entonces, { $people }. Hace { $ago } se dijo que no es un problema.
much-clearer = Después de eso tiene que ser mucho más claro para que volvamos a escribir, y lo es.
fixed = Desde que se dijo que está corregido, hace { $ago }: { $people }; al ritmo de antes habrían sido { $usual }.
fixed-lately = Desde que se dijo que está corregido, hace { $ago }: { $people }.
fixed-in = Desde la corrección ({ $version }), hace { $ago }: { $people }; al ritmo de antes habrían sido { $usual }.
fixed-in-lately = Desde la corrección ({ $version }), hace { $ago }: { $people }.
shared = Estas personas difundieron lo que escribió una sola. En todas las demás cifras son una voz.
coordinated = { $count } cuentas escribieron casi las mismas palabras en un día, sin compartir ninguna la publicación de otra. Parece organizado; cuentan como una sola voz.
tell-of-danger = { $count ->
    [one] { $count } de ellas habla de peligro.
   *[other] { $count } de ellas hablan de peligro.
}
beside-danger = { $count ->
    [one] { $count } persona más habla de lo mismo sin hablar de peligro, y no se cuenta.
   *[other] { $count } personas más hablan de lo mismo sin hablar de peligro, y no se cuentan.
}
perhaps-more = Quizá { $people } más: sus publicaciones están junto a estas, pero lo dicen con otras palabras y no se cuentan.
perhaps = Puede ser lo mismo que «{ $label }», sobre lo que ya hemos escrito. Si lo es, pida a quienes administran groundswell que junten los dos.
perhaps-shared = Contadas en los dos: { $people }.

## Alertas: el gráfico

chart-title = Personas al día, comparado con lo habitual
chart-none = Todavía no hay días que mostrar.
chart-days = Gráfico: personas al día, del { $first } al { $last }.
chart-most = El máximo en un día: { $people }, el { $date }.
chart-nobody = Nadie en ningún día.
chart-week = Los últimos siete días suman { $count }; lo habitual: { $usual }.
chart-sum = Las barras desde que creció suman el total de arriba ({ $people }), cada una en el día de su primera publicación.
chart-utc = Cada día empieza a medianoche UTC.
chart-now = desde que creció
chart-before = antes
chart-usual = lo habitual
weeks-title = Semana a semana, sumadas las personas de cada día:
week-usual = lo habitual: { $usual }

## Alertas: citas y datos

quotes-one = Lo que dicen
quotes-many = Lo que dicen: ejemplos variados
byline = { $who } en { $place }
facts-title = Lo que sabemos
fact-heard = Oído en
at-hand = de las { $count } cuyas publicaciones tenemos
fact-segments = Cuál
fact-regions = Regiones
region-unknown = se desconoce de { $count }
fact-languages = Idiomas
fact-words = Palabras que la distinguen
fact-tone = Tono
fact-severity = Gravedad
fact-found = Cómo se encontró
found-by-topic = El tema «{ $topic }» de los archivos de reglas la vigila.
found-by-posts = Ninguna regla la nombra: se juntaron publicaciones que dicen casi lo mismo.
fact-look-up = Si hay preguntas
look-up = Pregunte a quienes administran groundswell y dé estos datos: { $ids }
fact-merge = Si las dos son una sola
merge = Escriben: { $command }
file-line = { $file }, línea { $line }
tone-very-negative = muy negativo
tone-negative = negativo
tone-little-negative = un poco negativo
tone-neutral = neutro: la gente lo cuenta sin enfadarse
tone-mild = suave: la queja viene con palabras amables
tone-friendly = amable en general: la gente solo se queja de esto
tone-unknown = desconocido
severity-low = baja
severity-high = alta
severity-safety = seguridad

## Alertas: qué hacer

do-title = Qué hacer
do-seen = Visto
do-not-an-issue = No es un problema
do-was-not-an-issue = No era un problema
do-an-issue = Sí es un problema
do-silence = Silenciar 7 días
do-fixed = Corregido
do-links = Cada enlace abre una página que dice qué pasará y pregunta una vez. Funcionan 30 días.
do-ask = Diga a quienes administran groundswell cuál de estas cosas es. La línea de debajo es lo que tienen que escribir.
do-mail = Cada botón prepara un correo a { $contact } con lo que hay que escribir. Solo tiene que enviarlo.
next-title = Qué viene después
next-open = Volveremos a escribir dentro de un día como muy pronto, y después más de tarde en tarde, cuando lo diga el doble de personas, cuando llegue a un lugar nuevo y cuando termine. Nada entre medias.
next-open-safety = Volveremos a escribir cuando lo diga el doble de personas, cuando llegue a un lugar nuevo y cuando termine. Los correos de seguridad salen enseguida, sean cuales sean los límites y las horas de silencio de su equipo.
next-over = Solo volveremos a escribir si regresa.
next-merged = Seguiremos en los correos sobre la otra alerta.
next-said-fixed = Volveremos a escribir cuando esté claro que la corrección funciona, o cuando la gente lo diga de nuevo.
why-team = Recibe esto porque su equipo, «{ $team }», es responsable de { $product } en los archivos de reglas.
why-thread = Recibe esto porque su equipo, «{ $team }», ya fue avisado y lo será hasta el final.
why-route = Recibe esto porque una línea de los archivos de reglas ({ $line }) lo envía a su equipo, «{ $team }».
why-operators = Ya nadie recibe los correos del equipo «{ $team }». Este trata de seguridad, así que va a quienes administran groundswell.
less = ¿Demasiados correos? Pida a quienes administran groundswell que admitan menos falsas alarmas al año para el equipo «{ $team }».
less-from = ¿Demasiados correos? Pida a quienes administran groundswell que admitan menos falsas alarmas al año para el equipo «{ $team }»; ahora son { $budget }.
less-safety = De lo que podría hacer daño a alguien avisamos siempre: ningún límite retiene estos correos.
leave = No recibir más correos de este equipo:
leave-link = quitarme de la lista

## La lista de lo que fue demasiado para un día

collected-subject = { $named }: { $count } alertas en un correo
collected-named = { $product } ({ $count })
collected-lead = El equipo «{ $team }» recibe como máximo { $most } correos de alerta en 24 horas, y pasó más que eso. Este es el resto: cada alerta con su última novedad, la más grave primero.
collected-lead-storm = Empezaron a crecer a la vez más quejas sobre un producto de las que caben en correos sueltos, y un correo lo avisó. Estas vinieron después, cada una con su última novedad, las más graves primero.
collected-more = Pasó más de lo que cabe en esta lista. Quienes administran groundswell pueden mostrarle el resto.
collected-plain = Más abajo no quedaba sitio para botones. El próximo correo sobre cada una de esas alertas tendrá los suyos.
collected-doubt = Detrás de muchas puede haber una avería o una actualización; rara vez una regla encuentra demasiado o alguien publica para ocultar algo. De lo que podría hacer daño a alguien avisamos siempre enseguida.
collected-why = Recibe esto porque las alertas sobre estos productos van a su equipo, «{ $team }».
quiet-subject = { $named }: { $count } alertas de sus horas de silencio
quiet-lead = El equipo «{ $team }» tiene horas de silencio. Esto es lo que llegó en ellas: cada alerta con su última novedad, la más grave primero.
listed-subject = { $named }: { $count } alertas en una lista
listed-lead = El equipo «{ $team }» recibe sus alertas como lista. Esto es lo que llegó desde la última: cada alerta con su última novedad, la más grave primero.
listed-lead-own = Usted recibe las alertas del equipo «{ $team }» como lista. Esto es lo que llegó desde la última: cada alerta con su última novedad, la más grave primero.
list-danger = De lo que podría hacer daño a alguien avisamos siempre enseguida.

## El resumen

digest-subject = { $stretch }: { $alerts }; { $complaints } en { $posts }
digest-subject-alerts = { $stretch }: { $alerts }
digest-week-from = Semana del { $date }
digest-day-of = Día { $date }
digest-day-says = Las cifras son del { $date } (UTC); de las alertas se cuenta todo hasta este correo.
digest-no-alerts = ninguna alerta
digest-alerts = { $alerts } ({ $kinds })
digest-new = { $count ->
    [one] { $count } nueva
   *[other] { $count } nuevas
}
digest-grown = { $count ->
    [one] { $count } aún abierta
   *[other] { $count } aún abiertas
}
digest-ended = { $count ->
    [one] { $count } terminada
   *[other] { $count } terminadas
}
digest-quiet-day = Ninguna alerta de su equipo se abrió, cambió ni terminó este día.
digest-quiet-week = Ninguna alerta de su equipo se abrió, cambió ni terminó esta semana.
digest-more = { $count ->
    [one] Pasó { $count } cosa más de las que hay en la lista.
   *[other] Pasaron { $count } cosas más de las que hay en la lista.
}
digest-still-open = Sigue abierta desde el { $date }: { $people } hasta ahora.
digest-doubled = El número de personas que lo dicen se ha duplicado como mínimo.
digest-so-far = { $people } hasta ahora.
digest-opened = se abrió el { $day }
digest-grew = creció el { $day }
digest-over = terminó el { $day }
digest-came-back = volvió el { $day }
digest-posts-day = { $posts }, de ellas { $complaints } quejas (las copias cuentan una vez); el día anterior { $postsBefore } y { $complaintsBefore }.
digest-posts-week = { $posts }, de ellas { $complaints } quejas (las copias cuentan una vez); la semana anterior { $postsBefore } y { $complaintsBefore }.
digest-reach = Quienes escribieron suman { $followers }.
digest-growing = En aumento, aún no es una alerta
digest-wished = Lo piden
digest-line-day = { $what }: { $people } este día, { $before } el día anterior
digest-line-week = { $what }: { $people } esta semana, { $before } la semana anterior
digest-the-day-before = el día anterior
digest-the-week-before = la semana anterior
digest-the-quarter-before = el trimestre anterior
digest-feeling = Ánimo de las publicaciones: { $mean } en una escala de −1 (malo) a +1 (bueno), con un margen de { $error }.
digest-feeling-compared = Ánimo de las publicaciones: { $compared }. Es de { $mean } en una escala de −1 (malo) a +1 (bueno), con un margen de { $error }.
digest-feeling-unclear = Ánimo de las publicaciones: demasiado pocas para decirlo.
digest-same = más o menos como { $other } (era de { $mean })
digest-better = mejor que { $other } (era de { $mean })
digest-worse = peor que { $other } (era de { $mean })
digest-worth-title = ¿Vale la pena?
digest-judged = { $good ->
    [one] De { $alerts } con valoración, { $good } valió la pena.
   *[other] De { $alerts } con valoración, { $good } valieron la pena.
}
digest-leads = { $count ->
    [one] De { $count } alerta se conoce el día en que lo habrían sabido de otro modo: llegó { $days } días antes.
   *[other] De { $count } alertas se conoce el día en que lo habrían sabido de otro modo: la mitad llegó { $days } días antes o más.
}
digest-look-up = ¿Preguntas sobre esto? Pregunte a quienes administran groundswell: pueden consultarlo todo.
digest-why = Recibe esto porque su equipo, «{ $team }», eligió un resumen. Quienes administran groundswell pueden cambiar su frecuencia o quitarlo.

## Las páginas tras los enlaces

ask-seen = ¿Lo ha visto?
ask-not-an-issue = ¿Es una falsa alarma?
ask-silence = ¿Ningún correo sobre esto durante una semana?
ask-fixed = ¿Está corregido?
ask-leave = ¿No más correos?
ask-undo = ¿Deshacerlo?
yes-seen = Sí, lo he visto
yes-not-an-issue = No es un problema
yes-silence = Silenciar 7 días
yes-fixed = Sí, está corregido
yes-leave = Quitarme de la lista
yes-undo = Deshacer
ask-nothing-yet = Todavía no ha pasado nada. Se anotará que { $who } lo dijo. Este enlace funciona hasta el { $date }.
happens-seen = La alerta sigue abierta, y llegarán menos novedades sobre ella: su equipo ya lo sabe, así que hay menos que decir.
happens-not-an-issue = La alerta termina, se avisa a su equipo, y tendrán que decir lo mismo muchas más personas para que volvamos a escribir.
happens-not-an-issue-safety = La alerta termina, y lo sabrán todos los que recibieron aviso. Se trata de seguridad: en cuanto dos personas más cuenten el mismo peligro con palabras parecidas, u otro peligro, escribiremos de nuevo.
happens-not-an-issue-over = La alerta ya ha terminado y sigue así. Tendrán que decir lo mismo muchas más personas para que volvamos a escribir.
happens-silence = El equipo «{ $team }» no recibe correos sobre esta alerta durante { $days } días. La alerta en sí sigue como antes.
happens-silence-over = La alerta ya ha terminado. Si vuelve en { $days } días, el equipo «{ $team }» no recibe correos sobre ella en ese tiempo.
happens-silence-safety = Se trata de seguridad. El equipo «{ $team }» no sabrá nada más de esta alerta durante { $days } días, aunque lo diga el doble de personas. La alerta en sí sigue como antes.
happens-unsilence = El equipo «{ $team }» vuelve a recibir correos sobre esta alerta, desde ahora.
happens-an-issue = Vuelve a contar como un problema. La alerta en sí sigue cerrada; escribiremos cuando lo digan de nuevo más personas de lo habitual.
happens-fixed = La alerta termina. Se avisa a su equipo cuando se vea que la corrección funciona, dentro de una semana como pronto, o cuando la gente lo diga de nuevo.
happens-leave = Ya ningún correo sobre productos del equipo «{ $team }» va a { $who }, ni siquiera sobre seguridad. Los demás del equipo, si los hay, los siguen recibiendo.
happens-come-back = Los correos sobre productos del equipo «{ $team }» vuelven a ir a { $who }.
done = Hecho
done-close = Puede cerrar esta página.
done-undo = ¿Pulsado por error? Deshágalo aquí. Si no, puede cerrar esta página.
done-seen = ¿Pulsado por error? No se pierde nada: los correos sobre esto siguen llegando, solo que menos. Puede cerrar esta página.
done-fixed = ¿Pulsado por error? No se pierde nada: en cuanto lo digan de nuevo, se avisa a su equipo. Puede cerrar esta página.
unknown-title = Esta alerta no se conoce aquí
unknown = Puede ser de una instalación que se rehízo. Quienes administran groundswell pueden buscarla.
seen-title = Alguien ya lo ha visto
seen = { $who } lo dijo el { $date }. No hace falta pulsar nada más.
over-title = Ya ha terminado
over = Desde el { $date }: { $reason } No queda nada por hacer.
over-quiet = hay calma.
undone-title = No hay nada que deshacer
undone = Ya se deshizo, o terminó por sí solo.
silent-title = Ya está en silencio
silent = { $who } la silenció hasta el { $date }.
left-title = Ya no está en la lista
left = Desde el { $date } ningún correo del equipo «{ $team }» va a { $who }.
forged-title = Este enlace no funciona
forged = No está como se envió: los programas de correo a veces cortan los enlaces largos. Ábralo de nuevo desde el correo, o cópielo entero. Si sigue sin funcionar, quienes administran groundswell pueden hacerlo por usted.
expired-title = Este enlace ha caducado
expired = Funcionó hasta el { $date }. Use el correo más reciente sobre esta alerta, o pida a quienes administran groundswell que escriban: { $command }
later-title = Ahora mismo no ha funcionado
later = No se cambió nada. Inténtelo de nuevo en un minuto; el enlace sigue siendo válido.
nowhere-title = Aquí no hay nada
nowhere = Los enlaces de los correos de groundswell llevan a páginas de aquí; esta no es una de ellas.
