# Tudo o que os e-mails e as páginas deles dizem, em português do Brasil. Nomes de reclamações e citações nunca são traduzidos.

## Números e datas

people = { $count ->
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
followers = { $count ->
    [one] { $count } seguidor
   *[other] { $count } seguidores
}
posts = { $count ->
    [one] { $count } publicação
   *[other] { $count } publicações
}
complaints = { $count ->
    [one] { $count } reclamação
   *[other] { $count } reclamações
}
alerts = { $count ->
    [one] { $count } alerta
   *[other] { $count } alertas
}
copies = { $count ->
    [one] { $count } compartilhamento ou quase cópia
   *[other] { $count } compartilhamentos e quase cópias
}
number = { $count }
colon = { $name }:
quoted = "{ $label }"
nobody = ninguém
in-days = { $days ->
    [one] em um dia
   *[other] em { $days } dias
}
usual-unknown = ainda não se sabe
usual-none = nenhuma
usual-below-one = menos de uma
usual-one = 1
usual-one-or-two = 1 ou 2
usual-about = cerca de { $count }
often-several = várias vezes por ano
often-months = mais ou menos a cada { $months } meses
often-year = mais ou menos uma vez por ano
often-years = mais ou menos uma vez em { $years } anos
often-never = menos de uma vez em { $years } anos
chance-very-sure = Temos muita certeza de que há algo por trás disto: os altos e baixos de sempre, sozinhos, trariam tanta gente { $often }.
chance-fairly-sure = Temos bastante certeza de que há algo por trás disto: os altos e baixos de sempre, sozinhos, trariam tanta gente { $often }.
chance-not-sure = Ainda não temos certeza de que haja algo por trás disto: os altos e baixos de sempre, sozinhos, trariam tanta gente { $often }.
sure-safety = Não verificamos o que elas dizem: quando alguém pode se machucar, duas pessoas bastam para escrevermos.
span-below-day = menos de um dia
span-days = { $count ->
    [one] um dia
   *[other] { $count } dias
}
span-weeks = { $count } semanas
span-months = { $count } meses
span-years = { $count } anos
list = { $most } e { $last }
more = mais { $count }
month = { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
}
day = { $day ->
    [1] 1º de { $month }
   *[other] { $day } de { $month }
}
date = { $day ->
    [1] 1º de { $month } de { $year }
   *[other] { $day } de { $month } de { $year }
}
moment = { $day }, { $time } { $zone }
from-to = { $first } – { $last }

## Lugares e idiomas

region = { $tag ->
    [AR] Argentina
    [AT] Áustria
    [AU] Austrália
    [BE] Bélgica
    [BR] Brasil
    [CA] Canadá
    [CH] Suíça
    [CL] Chile
    [CN] China
    [CO] Colômbia
    [DE] Alemanha
    [DK] Dinamarca
    [ES] Espanha
    [FI] Finlândia
    [FR] França
    [GB] Reino Unido
    [IE] Irlanda
    [IN] Índia
    [IT] Itália
    [JP] Japão
    [KR] Coreia do Sul
    [MX] México
    [NL] Países Baixos
    [NO] Noruega
    [NZ] Nova Zelândia
    [PL] Polônia
    [PT] Portugal
    [SE] Suécia
    [UA] Ucrânia
    [US] Estados Unidos
    [ZA] África do Sul
   *[other] { $name }
}
in-region = { $tag ->
    [AR] na Argentina
    [AT] na Áustria
    [AU] na Austrália
    [BE] na Bélgica
    [BR] no Brasil
    [CA] no Canadá
    [CH] na Suíça
    [CL] no Chile
    [CN] na China
    [CO] na Colômbia
    [DE] na Alemanha
    [DK] na Dinamarca
    [ES] na Espanha
    [FI] na Finlândia
    [FR] na França
    [GB] no Reino Unido
    [IE] na Irlanda
    [IN] na Índia
    [IT] na Itália
    [JP] no Japão
    [KR] na Coreia do Sul
    [MX] no México
    [NL] nos Países Baixos
    [NO] na Noruega
    [NZ] na Nova Zelândia
    [PL] na Polônia
    [SE] na Suécia
    [UA] na Ucrânia
    [US] nos Estados Unidos
    [ZA] na África do Sul
   *[other] em { $name }
}
on-source = no { $name }
in-more-places = em mais { $count } lugares
elsewhere = em outros lugares
language = { $tag ->
    [ar] árabe
    [de] alemão
    [en] inglês
    [es] espanhol
    [fr] francês
    [hi] híndi
    [it] italiano
    [ja] japonês
    [ko] coreano
    [nl] holandês
    [pl] polonês
    [pt] português
    [ru] russo
    [sv] sueco
    [tr] turco
    [uk] ucraniano
    [und] idioma desconhecido
    [vi] vietnamita
    [zh] chinês
   *[other] { $name }
}

## Alertas: que tipo de notícia é

news-safety = Segurança
news-storm = Muitas reclamações de uma vez
news-opened = Nova reclamação crescendo
news-doubled = Pelo menos o dobro
news-more-around = Mais gente em volta
news-new-place = Agora também { $places }
news-turned-severe = Virou questão de segurança
news-updated = Novidades
news-resolved = Acabou
news-quiet-safety = Segurança: calmo por enquanto
news-fix-holds = A correção funciona
news-not-an-issue = Encerrado: não é um problema
news-merged = Continua em outro alerta
news-said-fixed = Dado como corrigido
news-back-after-fix = De volta apesar da correção
news-came-back = De volta

## Alertas: o assunto

subject = { $product }: "{ $label }": { $said }
subject-danger = { $product }, segurança
said-opened = { $people } { $window }, normalmente { $usual }
said-young = { $people } { $window }
said-listed = { $people } { $window }, o normal { $usual }; { $news }
said-news = { $news }, { $people } { $window }
said-over = { $news }, { $people } em { $lasted }
brief-doubled = pelo menos o dobro
brief-more-around = mais gente em volta
brief-new-place = agora também { $places }, { $people }
brief-turned-severe = virou questão de segurança
brief-updated = novidades
brief-resolved = acabou
brief-quiet-safety = calmo por enquanto
brief-fix-holds = a correção funciona
brief-not-an-issue = encerrado por não ser um problema
brief-merged = continua em outro alerta
brief-said-fixed = dado como corrigido
brief-back-after-fix = de volta apesar da correção
brief-came-back = de volta
subject-storm = { $product }: { $count } reclamações crescendo de uma vez: { $named }

## Alertas: por quê

reason-more-than-usual = Mais pessoas do que o normal dizem isto.
reason-second-safety-voice = Uma segunda pessoa relata algo que poderia machucar alguém.
reason-doubled = Pelo menos o dobro de pessoas diz isto em relação ao nosso último e-mail.
reason-more-around = Muito mais gente fala do mesmo, embora não de perigo.
reason-new-place = Chegou a um lugar onde ainda não se ouvia isto.
reason-turned-severe = Virou questão de segurança.
reason-back-to-usual = Está calmo: há dias não há mais pessoas do que o normal dizendo isto.
reason-quiet-safety = Está calmo há dias. Isso não quer dizer que o perigo passou: ninguém nos disse que foi corrigido.
reason-new-usual = Continua no mesmo ritmo há quatro semanas: agora é o normal.
reason-resolved-by-hand = Alguém do seu lado disse que acabou.
reason-not-an-issue = Alguém do seu lado disse que não é um problema.
by-resolved = { $who } disse que acabou.
by-not-an-issue = { $who } disse que não é um problema.
by-said-fixed = { $who } disse que está corrigido. Observamos se as pessoas param de dizer isto.
reason-merged = É na verdade o mesmo que outro alerta, que continua.
by-merged = É na verdade o mesmo que "{ $label }". Continuamos nos e-mails sobre isso.
reason-came-back = Tinha acabado, e as pessoas dizem isto de novo.
reason-rule-removed = A regra que observava isto foi retirada.
reason-said-fixed = Alguém do seu lado disse que está corrigido. Observamos se as pessoas param de dizer isto.
reason-fix-holds = A correção funciona: as pessoas pararam de dizer isto.
reason-back-after-fix = Foi dado como corrigido, e as pessoas dizem isto de novo.
reason-shared-widely = A reclamação de uma pessoa é compartilhada por muito mais gente do que o normal para este produto.

## Alertas: o que está acontecendo

wrote = { $people } escreveram isto sobre { $product } { $window }. O normal: { $usual }.
wrote-young = { $people } escreveram isto sobre { $product } { $window }. Ainda não se sabe quantas são o normal: pouco foi ouvido.
wrote-so-far = { $people } já escreveram isto sobre { $product }, { $window }. O normal seria: { $usual }.
before = Em { $date } eram { $people } { $window }.
now-places = Agora se diz isto também { $places }.
came-to = Foram { $people } em { $lasted }, { $peak } delas na semana mais movimentada.
came-to-all = Foram { $people } em { $lasted }.
storm-title = { $count } reclamações crescendo de uma vez
storm = Em um dia, { $count } reclamações sobre { $product } começaram a crescer. Uma só causa, como uma queda ou uma atualização, pode estar por trás de todas.
storm-do = As respostas abaixo de cada reclamação valem só para ela.
storm-newest = A mais recente é "{ $label }"; os números e as citações abaixo são só sobre ela. As que vierem hoje chegam juntas em uma lista.
in-all = ao todo, em { $lasted }
at-most = na semana mais movimentada
so-far = até agora, { $window }
usually = o normal { $window }
usually-would-be = o normal { $window }

## Alertas: comparado com o normal

compared-title = Comparado com o normal
compared-title-over = No que deu
opened-and-ended = Abriu em { $opened } e acabou em { $ended }.
back-and-ended = Voltou em { $opened } e acabou em { $ended }.
first-wrote-today = A primeira delas escreveu em { $date }, o dia deste e-mail.
first-wrote = A primeira delas escreveu em { $date }, { $ago } antes deste e-mail.
first-wrote-on = A primeira delas escreveu em { $date }.
waited-since = Este e-mail esperou o horário da sua equipe: os números são de { $date }.
we-first-wrote = Nosso primeiro e-mail sobre isto é de { $date }.
we-wrote-of-return = Escrevemos em { $date } que isto voltou.
in-all-so-far = Ao todo já são { $people }.
echoes = Além delas há { $copies }: cópias não contam como pessoas.
earlier = Já escrevemos sobre esta reclamação: na época, { $people }. Isso terminou há { $ago }.
earlier-no-issue = Já escrevemos sobre esta reclamação: na época, { $people }. Há { $ago } alguém disse que não é um problema.
much-clearer = Depois disso tem de ser muito mais claro para escrevermos de novo, e é.
fixed = Desde que se disse que está corrigido, há { $ago }: { $people }; no ritmo de antes seriam { $usual }.
fixed-lately = Desde que se disse que está corrigido, há { $ago }: { $people }.
fixed-in = Desde a correção ({ $version }), há { $ago }: { $people }; no ritmo de antes seriam { $usual }.
fixed-in-lately = Desde a correção ({ $version }), há { $ago }: { $people }.
shared = Essas pessoas repassaram o que uma só escreveu. Em todos os outros números elas são uma voz.
coordinated = { $count } contas escreveram quase as mesmas palavras em um dia, nenhuma compartilhando a publicação de outra. Parece combinado; contam como uma só voz.
tell-of-danger = { $count ->
    [one] { $count } delas fala de perigo.
   *[other] { $count } delas falam de perigo.
}
beside-danger = { $count ->
    [one] Outra pessoa ({ $count }) fala do mesmo sem falar de perigo, e não é contada.
   *[other] Outras { $count } pessoas falam do mesmo sem falar de perigo, e não são contadas.
}
perhaps-more = Talvez mais { $people }: as publicações estão junto destas, mas dizem isto com outras palavras e não são contadas.
perhaps = Pode ser o mesmo que "{ $label }", sobre o que já escrevemos. Se for, peça a quem cuida do groundswell para juntar os dois.
perhaps-shared = Contadas nos dois: { $people }.

## Alertas: o gráfico

chart-title = Pessoas por dia, comparado com o normal
chart-none = Ainda não há dias para mostrar.
chart-days = Gráfico: pessoas por dia, de { $first } a { $last }.
chart-most = O máximo em um dia: { $people }, em { $date }.
chart-nobody = Ninguém em nenhum dia.
chart-week = Os últimos sete dias somam { $count }; o normal: { $usual }.
chart-sum = As barras desde que cresceu somam o total acima ({ $people }), cada uma no dia da sua primeira publicação.
chart-utc = Cada dia começa à meia-noite UTC.
chart-now = desde que cresceu
chart-before = antes
chart-usual = o normal
weeks-title = Semana a semana, somadas as pessoas de cada dia:
week-usual = o normal: { $usual }

## Alertas: citações e fatos

quotes-one = O que dizem
quotes-many = O que dizem: exemplos variados
byline = { $who } no { $place }
facts-title = O que sabemos
fact-heard = Ouvido em
at-hand = das { $count } cujas publicações temos
fact-segments = Qual deles
fact-regions = Regiões
region-unknown = não se sabe de { $count }
fact-languages = Idiomas
fact-words = Palavras que a distinguem
fact-tone = Tom
fact-severity = Gravidade
fact-found = Como foi encontrada
found-by-topic = O tema "{ $topic }" dos arquivos de regras a observa.
found-by-posts = Nenhuma regra a nomeia: publicações que dizem quase o mesmo foram juntadas.
fact-look-up = Em caso de dúvida
look-up = Pergunte a quem cuida do groundswell e informe isto: { $ids }
fact-merge = Se as duas são uma só
merge = Eles digitam: { $command }
file-line = { $file }, linha { $line }
tone-very-negative = muito negativo
tone-negative = negativo
tone-little-negative = um pouco negativo
tone-neutral = neutro: as pessoas contam sem se irritar
tone-mild = leve: a reclamação vem com palavras gentis
tone-friendly = gentil no geral: as pessoas só reclamam disto
tone-unknown = desconhecido
severity-low = baixa
severity-high = alta
severity-safety = segurança

## Alertas: o que fazer

do-title = O que fazer
do-seen = Visto
do-not-an-issue = Não é um problema
do-was-not-an-issue = Não era um problema
do-an-issue = É um problema, sim
do-silence = Silenciar 7 dias
do-fixed = Corrigido
do-links = Cada link abre uma página que diz o que vai acontecer e pergunta uma vez. Funcionam por 30 dias.
do-ask = Diga a quem cuida do groundswell qual destas coisas é. A linha abaixo de cada uma é o que eles digitam.
do-mail = Cada botão prepara um e-mail para { $contact } com o que é preciso digitar. Basta enviar.
next-title = O que vem depois
next-open = Escrevemos de novo daqui a um dia no mínimo, e depois mais raramente, quando o dobro de pessoas disser isto, quando chegar a um lugar novo e quando acabar. Nada entre uma coisa e outra.
next-open-safety = Escrevemos de novo quando o dobro de pessoas disser isto, quando chegar a um lugar novo e quando acabar. E-mails de segurança saem na hora, quaisquer que sejam os limites e o horário de silêncio da sua equipe.
next-over = Só escrevemos de novo se voltar.
next-merged = Continuamos nos e-mails sobre o outro alerta.
next-said-fixed = Escrevemos de novo quando estiver claro que a correção funciona, ou quando as pessoas disserem isto de novo.
why-team = Você recebe isto porque sua equipe, "{ $team }", é responsável por { $product } nos arquivos de regras.
why-thread = Você recebe isto porque sua equipe, "{ $team }", já foi avisada e será avisada até o fim.
why-route = Você recebe isto porque uma linha dos arquivos de regras ({ $line }) o envia à sua equipe, "{ $team }".
why-operators = Não resta ninguém que receba os e-mails da equipe "{ $team }". Este é sobre segurança, por isso vai para quem cuida do groundswell.
less = E-mails demais? Peça a quem cuida do groundswell para admitir menos alarmes falsos por ano para a equipe "{ $team }".
less-from = E-mails demais? Peça a quem cuida do groundswell para admitir menos alarmes falsos por ano para a equipe "{ $team }"; agora: { $budget }.
less-safety = Sobre o que poderia machucar alguém sempre se escreve: nenhum limite segura estes e-mails.
leave = Não receber mais e-mails desta equipe:
leave-link = tirar-me da lista

## A lista do que foi demais para um dia

collected-subject = { $named }: { $count } alertas em um só e-mail
collected-named = { $product } ({ $count })
collected-lead = A equipe "{ $team }" recebe no máximo { $most } e-mails de alerta em 24 horas, e aconteceu mais do que isso. Este é o resto: cada alerta com a última novidade, o mais grave primeiro.
collected-lead-storm = Mais reclamações sobre um produto começaram a crescer de uma vez do que cabe em e-mails separados, e um e-mail avisou disso. Estas vieram depois, cada uma com a última novidade, as mais graves primeiro.
collected-more = Aconteceu mais do que cabe nesta lista. Quem cuida do groundswell pode mostrar o resto.
collected-plain = Mais abaixo não houve espaço para botões. O próximo e-mail sobre cada um desses alertas terá os seus.
collected-doubt = Por trás de muitos pode haver uma queda ou uma atualização; raramente uma regra encontra demais ou alguém publica para esconder algo. Sobre o que poderia machucar alguém sempre se escreve na hora.
collected-why = Você recebe isto porque os alertas sobre estes produtos vão para sua equipe, "{ $team }".
quiet-subject = { $named }: { $count } alertas do seu horário de silêncio
quiet-lead = A equipe "{ $team }" tem horário de silêncio. Isto é o que chegou nele: cada alerta com a última novidade, o mais grave primeiro.
listed-subject = { $named }: { $count } alertas em uma lista
listed-lead = A equipe "{ $team }" recebe seus alertas como lista. Isto é o que chegou desde a última: cada alerta com a última novidade, o mais grave primeiro.
listed-lead-own = Você recebe os alertas da equipe "{ $team }" como lista. Isto é o que chegou desde a última: cada alerta com a última novidade, o mais grave primeiro.
list-danger = Sobre o que poderia machucar alguém sempre se escreve na hora.

## O resumo

digest-subject = { $stretch }: { $alerts }; { $complaints } em { $posts }
digest-subject-alerts = { $stretch }: { $alerts }
digest-week-from = Semana de { $date }
digest-day-of = Dia { $date }
digest-day-says = Os números são de { $date } (UTC); sobre os alertas, tudo é dito até este e-mail.
digest-no-alerts = nenhum alerta
digest-alerts = { $alerts } ({ $kinds })
digest-new = { $count ->
    [one] { $count } novo
   *[other] { $count } novos
}
digest-grown = { $count ->
    [one] { $count } ainda aberto
   *[other] { $count } ainda abertos
}
digest-ended = { $count ->
    [one] { $count } encerrado
   *[other] { $count } encerrados
}
digest-quiet-day = Nenhum alerta da sua equipe abriu, mudou ou acabou neste dia.
digest-quiet-week = Nenhum alerta da sua equipe abriu, mudou ou acabou nesta semana.
digest-more = { $count ->
    [one] Aconteceu mais { $count } coisa do que está na lista.
   *[other] Aconteceram mais { $count } coisas do que estão na lista.
}
digest-still-open = Ainda aberto, desde { $date }: { $people } até agora.
digest-doubled = O número de pessoas que dizem isto pelo menos dobrou.
digest-so-far = { $people } até agora.
digest-opened = abriu em { $day }
digest-grew = cresceu em { $day }
digest-over = acabou em { $day }
digest-came-back = voltou em { $day }
digest-posts-day = { $posts }, { $complaints } delas reclamações (cópias contam uma vez); no dia anterior { $postsBefore } e { $complaintsBefore }.
digest-posts-week = { $posts }, { $complaints } delas reclamações (cópias contam uma vez); na semana anterior { $postsBefore } e { $complaintsBefore }.
digest-reach = Quem escreveu soma { $followers }.
digest-growing = Crescendo, ainda não é alerta
digest-wished = Pedido
digest-line-day = { $what }: { $people } neste dia, { $before } no dia anterior
digest-line-week = { $what }: { $people } nesta semana, { $before } na semana anterior
digest-the-day-before = o dia anterior
digest-the-week-before = a semana anterior
digest-the-quarter-before = o trimestre anterior
digest-feeling = Humor das publicações: { $mean } em uma escala de −1 (ruim) a +1 (bom), com margem de { $error }.
digest-feeling-compared = Humor das publicações: { $compared }. É de { $mean } em uma escala de −1 (ruim) a +1 (bom), com margem de { $error }.
digest-feeling-unclear = Humor das publicações: poucas demais para dizer.
digest-same = mais ou menos como { $other } (era { $mean })
digest-better = melhor do que { $other } (era { $mean })
digest-worse = pior do que { $other } (era { $mean })
digest-worth-title = Vale a pena?
digest-judged = { $good ->
    [one] De { $alerts } com avaliação, { $good } valeu a pena.
   *[other] De { $alerts } com avaliação, { $good } valeram a pena.
}
digest-leads = { $count ->
    [one] De { $count } alerta se conhece o dia em que vocês saberiam de outro modo: chegou { $days } dias antes.
   *[other] De { $count } alertas se conhece o dia em que vocês saberiam de outro modo: metade chegou { $days } dias antes ou mais.
}
digest-look-up = Dúvidas sobre isto? Pergunte a quem cuida do groundswell: eles podem consultar tudo.
digest-why = Você recebe isto porque sua equipe, "{ $team }", escolheu um resumo. Quem cuida do groundswell pode mudar a frequência ou parar.

## As páginas por trás dos links

ask-seen = Você viu isto?
ask-not-an-issue = Isto é um alarme falso?
ask-silence = Nenhum e-mail sobre isto por uma semana?
ask-fixed = Isto está corrigido?
ask-leave = Sem mais e-mails?
ask-undo = Voltar atrás?
yes-seen = Sim, eu vi
yes-not-an-issue = Não é um problema
yes-silence = Silenciar por 7 dias
yes-fixed = Sim, está corrigido
yes-leave = Tirar-me da lista
yes-undo = Desfazer
ask-nothing-yet = Ainda não aconteceu nada. Será anotado que { $who } disse isto. Este link funciona até { $date }.
happens-seen = O alerta continua aberto, e as novidades sobre ele ficam mais raras: sua equipe já sabe, então há menos a dizer.
happens-not-an-issue = O alerta acaba, sua equipe é avisada, e muito mais pessoas terão de dizer o mesmo para escrevermos de novo.
happens-not-an-issue-safety = O alerta termina, e todos os que foram avisados ficam sabendo. Trata-se de segurança: assim que mais duas pessoas contarem o mesmo perigo com palavras parecidas, ou outro perigo, escreveremos de novo.
happens-not-an-issue-over = O alerta já acabou, e continua assim. Muito mais pessoas têm de dizer o mesmo para que voltemos a escrever.
happens-silence = A equipe "{ $team }" não recebe e-mails sobre este alerta por { $days } dias. O alerta em si continua como antes.
happens-silence-over = O alerta já acabou. Se voltar em { $days } dias, a equipe "{ $team }" não recebe e-mails sobre ele nesse tempo.
happens-silence-safety = Trata-se de segurança. A equipe "{ $team }" não recebe mais nada sobre este alerta por { $days } dias, mesmo que o dobro de pessoas diga isto. O alerta em si continua como antes.
happens-unsilence = A equipe "{ $team }" volta a receber e-mails sobre este alerta, a partir de agora.
happens-an-issue = Volta a contar como um problema. O alerta em si continua fechado; escrevemos quando mais pessoas do que o normal disserem isto de novo.
happens-fixed = O alerta acaba. Sua equipe é avisada quando se vir que a correção funciona, daqui a uma semana no mínimo, ou quando as pessoas disserem isto de novo.
happens-leave = Nenhum e-mail sobre produtos da equipe "{ $team }" vai mais para { $who }, nem sobre segurança. Os outros da equipe, se houver, ainda os recebem.
happens-come-back = E-mails sobre produtos da equipe "{ $team }" voltam a ir para { $who }.
done = Feito
done-close = Você pode fechar esta página.
done-undo = Apertou por engano? Desfaça aqui. Senão, pode fechar esta página.
done-seen = Apertou por engano? Nada se perde: os e-mails sobre isto continuam vindo, só que menos. Pode fechar esta página.
done-fixed = Apertou por engano? Nada se perde: assim que disserem isto de novo, sua equipe é avisada. Pode fechar esta página.
unknown-title = Este alerta não é conhecido aqui
unknown = Pode ser de uma instalação que foi refeita. Quem cuida do groundswell pode procurar.
seen-title = Alguém já viu isto
seen = { $who } disse isto em { $date }. Não é preciso apertar mais nada.
over-title = Já acabou
over = Desde { $date }: { $reason } Não há mais nada a fazer.
over-quiet = está calmo.
undone-title = Não há nada para desfazer
undone = Já foi desfeito, ou terminou por si.
silent-title = Já está em silêncio
silent = { $who } silenciou até { $date }.
left-title = Você já está fora da lista
left = Desde { $date } nenhum e-mail da equipe "{ $team }" vai para { $who }.
forged-title = Este link não funciona
forged = Ele não está como foi enviado: programas de e-mail às vezes cortam links longos. Abra-o de novo pelo e-mail, ou copie-o inteiro. Se ainda não funcionar, quem cuida do groundswell pode fazer isto por você.
expired-title = Este link expirou
expired = Ele funcionou até { $date }. Use o e-mail mais recente sobre este alerta, ou peça a quem cuida do groundswell para digitar: { $command }
later-title = Não funcionou agora
later = Nada foi mudado. Tente de novo em um minuto; o link continua valendo.
nowhere-title = Não há nada aqui
nowhere = Os links dos e-mails do groundswell levam a páginas daqui; esta não é uma delas.
