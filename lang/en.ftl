# Everything that e-mails and their pages say, in English. The other files beside this one say the same; a test holds that
# each has the same messages with the same arguments. Names of complaints and quotes are never translated.

## Numbers and times

people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
followers = { $count ->
    [one] { $count } follower
   *[other] { $count } followers
}
posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
}
complaints = { $count ->
    [one] { $count } complaint
   *[other] { $count } complaints
}
alerts = { $count ->
    [one] { $count } alert
   *[other] { $count } alerts
}
copies = { $count ->
    [one] { $count } repost or near-copy
   *[other] { $count } reposts and near-copies
}
number = { $count }
colon = { $name }:
quoted = "{ $label }"
nobody = nobody
in-days = { $days ->
    [one] in a day
   *[other] in { $days } days
}
usual-unknown = not known yet
usual-none = none
usual-below-one = fewer than one
usual-one = 1
usual-one-or-two = 1 or 2
usual-about = about { $count }
often-several = several times a year
often-months = about every { $months } months
often-year = about once a year
often-years = about once in { $years } years
often-never = less than once in { $years } years
chance-very-sure = We are very sure that something is behind this: the usual ups and downs alone would bring as many people { $often }.
chance-fairly-sure = We are fairly sure that something is behind this: the usual ups and downs alone would bring as many people { $often }.
chance-not-sure = We are not certain yet that something is behind this: the usual ups and downs alone would bring as many people { $often }.
sure-safety = We have not checked what they say: where somebody could get hurt, two people are enough for us to write.
span-below-day = less than a day
span-days = { $count ->
    [one] a day
   *[other] { $count } days
}
span-weeks = { $count } weeks
span-months = { $count } months
span-years = { $count } years
list = { $most } and { $last }
more = { $count } more
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
day = { $day } { $month }
date = { $day } { $month } { $year }
moment = { $day }, { $time } { $zone }
from-to = { $first } to { $last }

## Places and tongues

region = { $tag ->
    [AR] Argentina
    [AT] Austria
    [AU] Australia
    [BE] Belgium
    [BR] Brazil
    [CA] Canada
    [CH] Switzerland
    [CL] Chile
    [CN] China
    [CO] Colombia
    [DE] Germany
    [DK] Denmark
    [ES] Spain
    [FI] Finland
    [FR] France
    [GB] United Kingdom
    [IE] Ireland
    [IN] India
    [IT] Italy
    [JP] Japan
    [KR] South Korea
    [MX] Mexico
    [NL] Netherlands
    [NO] Norway
    [NZ] New Zealand
    [PL] Poland
    [PT] Portugal
    [SE] Sweden
    [UA] Ukraine
    [US] United States
    [ZA] South Africa
   *[other] { $name }
}
in-region = { $tag ->
    [NL] in the Netherlands
    [US] in the United States
    [GB] in the United Kingdom
   *[other] in { $name }
}
on-source = on { $name }
in-more-places = in { $count } more places
elsewhere = elsewhere
language = { $tag ->
    [ar] Arabic
    [de] German
    [en] English
    [es] Spanish
    [fr] French
    [hi] Hindi
    [it] Italian
    [ja] Japanese
    [ko] Korean
    [nl] Dutch
    [pl] Polish
    [pt] Portuguese
    [ru] Russian
    [sv] Swedish
    [tr] Turkish
    [uk] Ukrainian
    [und] language unknown
    [vi] Vietnamese
    [zh] Chinese
   *[other] { $name }
}

## Alerts: what kind of news it is

news-safety = Safety
news-storm = Many complaints at once
news-opened = New complaint growing
news-doubled = At least twice as many
news-more-around = More people around it
news-new-place = Now also { $places }
news-turned-severe = Now a matter of safety
news-updated = Update
news-resolved = It is over
news-quiet-safety = Safety: quiet for now
news-fix-holds = The fix works
news-not-an-issue = Closed: no issue
news-merged = Goes on in another alert
news-said-fixed = Marked as fixed
news-back-after-fix = Back despite the fix
news-came-back = Back again

## Alerts: the subject

subject = { $product }: "{ $label }": { $said }
subject-danger = { $product }, safety
said-opened = { $people } { $window }, usually { $usual }
said-young = { $people } { $window }
said-listed = { $people } { $window }, usually { $usual }; { $news }
said-news = { $news }, { $people } { $window }
said-over = { $news }, { $people } in { $lasted }
brief-doubled = at least twice as many
brief-more-around = more people around it
brief-new-place = now also { $places }, { $people }
brief-turned-severe = now a matter of safety
brief-updated = more of it
brief-resolved = over
brief-quiet-safety = quiet for now
brief-fix-holds = the fix works
brief-not-an-issue = closed as no issue
brief-merged = goes on in another alert
brief-said-fixed = marked as fixed
brief-back-after-fix = back despite the fix
brief-came-back = back again
subject-storm = { $product }: { $count } complaints growing at once: { $named }

## Alerts: why

reason-more-than-usual = More people than usual say this.
reason-second-safety-voice = A second person reports something that could hurt somebody.
reason-doubled = At least twice as many people say this as in our last e-mail.
reason-more-around = Many more people speak of the same, though not of danger.
reason-new-place = It has reached a place where it had not been heard before.
reason-turned-severe = It has become a matter of safety.
reason-back-to-usual = It has been quiet: for days no more people than usual have said this.
reason-quiet-safety = It has been quiet for days. That does not mean that the danger is gone: nobody has told us that it is fixed.
reason-new-usual = It has gone on at the same rate for four weeks: that is now the usual.
reason-resolved-by-hand = Somebody on your side said that it is over.
reason-not-an-issue = Somebody on your side said that this is not an issue.
by-resolved = { $who } said that it is over.
by-not-an-issue = { $who } said that this is not an issue.
by-said-fixed = { $who } said that it is fixed. We watch whether people stop saying it.
reason-merged = It turned out to be the same matter as another alert, which goes on.
by-merged = It turned out to be the same matter as "{ $label }". We go on in the e-mails about that.
reason-came-back = It was over, and people say it again.
reason-rule-removed = The rule that watched for it was taken away.
reason-said-fixed = Somebody on your side said that it is fixed. We watch whether people stop saying it.
reason-fix-holds = The fix works: people have stopped saying this.
reason-back-after-fix = It was said to be fixed, and people say it again.
reason-shared-widely = One person's complaint is shared by far more people than this product's complaints usually are.

## Alerts: what is happening

wrote = { $people } wrote this about { $product } { $window }. Usually it is { $usual }.
wrote-young = { $people } wrote this about { $product } { $window }. How many are usual is not known yet: too little has been heard.
wrote-so-far = { $people } have written this about { $product } so far, { $window }. Usually it would be { $usual }.
before = On { $date } it was { $people } { $window }.
now-places = It is now said { $places } too.
came-to = It came to { $people } in { $lasted }, { $peak } of them in the busiest week.
came-to-all = It came to { $people } in { $lasted }.
storm-title = { $count } complaints growing at once
storm = Within a day { $count } complaints about { $product } began to grow. One cause, such as an outage or an update, may be behind all of them.
storm-do = The answers under each complaint are about that complaint alone.
storm-newest = The newest of them is "{ $label }"; the figures and quotes below are about that one alone. Further ones of today come together in one list.
in-all = in all, in { $lasted }
at-most = in the busiest week
so-far = so far, { $window }
usually = usually { $window }
usually-would-be = usually { $window }

## Alerts: compared with usual

compared-title = Compared with usual
compared-title-over = What it came to
opened-and-ended = It opened on { $opened } and ended on { $ended }.
back-and-ended = It came back on { $opened } and ended on { $ended }.
first-wrote-today = The first of them wrote on { $date }, the day of this e-mail.
first-wrote = The first of them wrote on { $date }, { $ago } before this e-mail.
first-wrote-on = The first of them wrote on { $date }.
waited-since = This e-mail waited for your team's hours: its figures are those of { $date }.
we-first-wrote = Our first e-mail about it was on { $date }.
we-wrote-of-return = We wrote that it is back on { $date }.
in-all-so-far = In all it has come to { $people }.
echoes = Beside them { $copies }: copies do not count as people.
earlier = We have written about this complaint before: { $people } said it then. That ended { $ago } ago.
earlier-no-issue = We wrote about this complaint before, when { $people } said it, and { $ago } ago it was called no issue.
much-clearer = What was called no issue has to be much clearer to be told again, and it is.
fixed = Since it was said to be fixed, { $ago } ago, { $people } said it; at the rate before it would have been { $usual }.
fixed-lately = Since it was said to be fixed, { $ago } ago, { $people } said it.
fixed-in = Since the fix ({ $version }), { $ago } ago, { $people } said it; at the rate before it would have been { $usual }.
fixed-in-lately = Since the fix ({ $version }), { $ago } ago, { $people } said it.
shared = These people passed on what one person wrote. In all other figures they are one voice.
coordinated = { $count } accounts wrote nearly the same words within a day, none of them sharing another's post. That looks arranged; they count as one voice.
tell-of-danger = { $count ->
    [one] { $count } of them tells of danger.
   *[other] { $count } of them tell of danger.
}
beside-danger = { $count ->
    [one] { $count } other person speaks of the same without telling of danger, and is not counted.
   *[other] { $count } others speak of the same without telling of danger, and are not counted.
}
perhaps-more = Perhaps { $people } more: their posts lie with these, but say it in other words and are not counted.
perhaps = It may be the same matter as "{ $label }", about which we have written already. If it is, ask those who run groundswell to make the two one.
perhaps-shared = Counted in both: { $people }.

## Alerts: the chart

chart-title = People a day, compared with usual
chart-none = No days to show yet.
chart-days = Chart: people a day from { $first } to { $last }.
chart-most = The most on one day: { $people }, on { $date }.
chart-nobody = Nobody on any day.
chart-week = The last seven days add up to { $count }, where { $usual } would be usual.
chart-sum = The bars since it grew add up to the { $people } above, each on the day of their first post.
chart-utc = Each day begins at midnight UTC.
chart-now = since it grew
chart-before = before
chart-usual = usual
weeks-title = Week by week, the people of each day added up:
week-usual = usually { $usual }

## Alerts: quotes and facts

quotes-one = What they say
quotes-many = What they say: different examples
byline = { $who } on { $place }
facts-title = What we know about it
fact-heard = Heard on
at-hand = of the { $count } whose posts are at hand
fact-segments = Which one
fact-regions = Regions
region-unknown = not known of { $count }
fact-languages = Languages
fact-words = Words that set it apart
fact-tone = Tone
fact-severity = Severity
fact-found = How it was found
found-by-topic = The topic "{ $topic }" of the rule files watches for it.
found-by-posts = No rule names it: posts that say nearly the same were put together.
fact-look-up = For questions
look-up = Ask those who run groundswell, and name this: { $ids }
fact-merge = If the two are one
merge = They type: { $command }
file-line = { $file }, line { $line }
tone-very-negative = very negative
tone-negative = negative
tone-little-negative = a little negative
tone-neutral = neutral: people state it rather than rant about it
tone-mild = mild: the complaint comes with friendly words
tone-friendly = friendly on the whole: people complain about this one thing
tone-unknown = unknown
severity-low = low
severity-high = high
severity-safety = safety

## Alerts: what to do

do-title = What to do
do-seen = Seen it
do-not-an-issue = Not an issue
do-was-not-an-issue = It was not an issue
do-an-issue = It is an issue
do-silence = Silence 7 days
do-fixed = Fixed
do-links = Each link opens a page that says what will happen and asks once. They work for 30 days.
do-ask = Tell those who run groundswell which of these it is. The line below each is what they type.
do-mail = Each button begins an e-mail to { $contact } with what they have to type. Just send it.
next-title = What comes next
next-open = We write again at the earliest a day from now, and then more rarely, when twice as many people say it, when it reaches a new place, and when it is over. Nothing in between.
next-open-safety = We write again when twice as many people say it, when it reaches a new place, and when it is over. Safety e-mails come at once, whatever limits and quiet hours your team has.
next-over = We write again only if it comes back.
next-merged = We write on in the e-mails about that other alert.
next-said-fixed = We write again when it is clear that the fix works, or when people say it again.
why-team = You get this because your team, "{ $team }", owns { $product } in the rule files.
why-thread = You get this because your team, "{ $team }", was told of it before, and is told to the end.
why-route = You get this because a line of the rule files ({ $line }) sends it to your team, "{ $team }".
why-operators = Nobody is left who gets the e-mails of team "{ $team }". This one is about safety, so it goes to those who run groundswell.
less = Too many of these? Ask those who run groundswell to allow fewer false alarms a year for team "{ $team }".
less-from = Too many of these? Ask those who run groundswell to allow fewer false alarms a year for team "{ $team }"; it is { $budget } now.
less-safety = What could hurt somebody is always written about: no limit holds these e-mails back.
leave = No more e-mails of this team to you:
leave-link = take me off the list

## The list of what was too much for a day

collected-subject = { $named }: { $count } alerts in one e-mail
collected-named = { $product } ({ $count })
collected-lead = Team "{ $team }" gets at most { $most } alert e-mails in 24 hours, and more happened than that. This is the rest: each alert with its latest news, the most serious first.
collected-lead-storm = More complaints about one product began to grow at once than single e-mails are good for, and one e-mail told you so. These came after it, each with its latest news, the most serious first.
collected-more = More happened than this list has room for. Those who run groundswell can show you the rest.
collected-plain = For all that are further down, buttons had no room. The next e-mail about each of them has its own.
collected-doubt = An outage or an update may be behind many of them; seldom does a rule find too much, or somebody post to hide something. What could hurt somebody is always written about at once.
collected-why = You get this because alerts about these products go to your team, "{ $team }".
quiet-subject = { $named }: { $count } alerts from your quiet hours
quiet-lead = Team "{ $team }" has quiet hours. This is what came in them: each alert with its latest news, the most serious first.
listed-subject = { $named }: { $count } alerts in one list
listed-lead = Team "{ $team }" gets its alerts as a list. This is what came since the last one: each alert with its latest news, the most serious first.
listed-lead-own = You get the alerts of team "{ $team }" as a list. This is what came since the last one: each alert with its latest news, the most serious first.
list-danger = What could hurt somebody is always written about at once.

## The digest

digest-subject = { $stretch }: { $alerts }; { $complaints } in { $posts }
digest-subject-alerts = { $stretch }: { $alerts }
digest-week-from = Week from { $date }
digest-day-of = Day of { $date }
digest-day-says = The figures are those of { $date } (UTC); what happened to alerts is told up to this e-mail.
digest-no-alerts = no alerts
digest-alerts = { $alerts } ({ $kinds })
digest-new = { $count } new
digest-grown = { $count } still open
digest-ended = { $count } over
digest-quiet-day = No alert of your team opened, changed or ended this day.
digest-quiet-week = No alert of your team opened, changed or ended this week.
digest-more = { $count ->
    [one] { $count } more thing happened than is listed.
   *[other] { $count } more things happened than are listed.
}
digest-still-open = Still open, since { $date }: { $people } so far.
digest-doubled = The number of people who say this has at least doubled.
digest-so-far = { $people } so far.
digest-opened = opened on { $day }
digest-grew = grew on { $day }
digest-over = over on { $day }
digest-came-back = came back on { $day }
digest-posts-day = { $posts }, { $complaints } of them complaints (copies counted once); the day before { $postsBefore } and { $complaintsBefore }.
digest-posts-week = { $posts }, { $complaints } of them complaints (copies counted once); the week before { $postsBefore } and { $complaintsBefore }.
digest-reach = Those who wrote have { $followers } together.
digest-growing = Growing, not yet an alert
digest-wished = Wished for
digest-line-day = { $what }: { $people } this day, { $before } the day before
digest-line-week = { $what }: { $people } this week, { $before } the week before
digest-the-day-before = the day before
digest-the-week-before = the week before
digest-the-quarter-before = the quarter before
digest-feeling = Mood of the posts: { $mean } on a scale from −1 (bad) to +1 (good), give or take { $error }.
digest-feeling-compared = Mood of the posts: { $compared }. It is { $mean } on a scale from −1 (bad) to +1 (good), give or take { $error }.
digest-feeling-unclear = Mood of the posts: too few posts to tell.
digest-same = about the same as { $other } (it was { $mean })
digest-better = better than { $other } (it was { $mean })
digest-worse = worse than { $other } (it was { $mean })
digest-worth-title = Is it worth it?
digest-judged = { $good ->
    [one] Of { $alerts } that people judged, { $good } was worth it.
   *[other] Of { $alerts } that people judged, { $good } were worth it.
}
digest-leads = { $count ->
    [one] Of { $count } alert the day is known on which you would have known otherwise: it came { $days } days before it.
   *[other] Of { $count } alerts the day is known on which you would have known otherwise: half of them came { $days } days or more before it.
}
digest-look-up = Questions about any of this? Ask those who run groundswell: they can look all of it up.
digest-why = You get this because your team, "{ $team }", has chosen a digest. Those who run groundswell can change how often it comes, or stop it.

## The pages behind the links

ask-seen = Have you seen this?
ask-not-an-issue = Is this a false alarm?
ask-silence = No e-mails about this for a week?
ask-fixed = Is this fixed?
ask-leave = No more e-mails?
ask-undo = Take it back?
yes-seen = Yes, I have seen it
yes-not-an-issue = It is not an issue
yes-silence = Silence it for 7 days
yes-fixed = Yes, it is fixed
yes-leave = Take me off the list
yes-undo = Take it back
ask-nothing-yet = Nothing has happened yet. It will be written down that { $who } said so. This link works until { $date }.
happens-seen = The alert stays open, and updates about it become rarer: your team knows, so there is less to say.
happens-not-an-issue = The alert ends, your team is told, and far more people have to say the same before we write about it again.
happens-not-an-issue-safety = The alert ends, and everybody who was told of it hears so. This is about safety: as soon as two more people tell of the same danger in like words, or of another danger, we write again.
happens-not-an-issue-over = The alert is over already, and stays so. Far more people have to say the same before we write about it again.
happens-silence = Team "{ $team }" gets no e-mails about this alert for { $days } days. The alert itself goes on as before.
happens-silence-over = The alert is over already. Should it come back within { $days } days, team "{ $team }" gets no e-mails about it in that time.
happens-silence-safety = This is about safety. Team "{ $team }" hears nothing more about this alert for { $days } days, even if twice as many people say it. The alert itself goes on as before.
happens-unsilence = Team "{ $team }" gets e-mails about this alert again, from now on.
happens-an-issue = It counts as an issue again. The alert itself stays closed; we write when more people than usual say the same again.
happens-fixed = The alert ends. Your team is told when the fix has proved itself, in a week at the earliest, or when people say it again.
happens-leave = No e-mail about products of team "{ $team }" goes to { $who } any more, not even about safety. Others of the team, if there are any, still get them.
happens-come-back = E-mails about products of team "{ $team }" go to { $who } again.
done = Done
done-close = You can close this page.
done-undo = Pressed by mistake? Take it back here. Otherwise you can close this page.
done-seen = Pressed by mistake? Nothing is lost: e-mails about it still come, only less often. You can close this page.
done-fixed = Pressed by mistake? Nothing is lost: as soon as people say it again, your team is told. You can close this page.
unknown-title = This alert is not known here
unknown = It may be from an installation that was set up anew. Those who run groundswell can look it up.
seen-title = Somebody has seen it already
seen = { $who } said so on { $date }. Nothing more has to be pressed.
over-title = It is over already
over = Since { $date }: { $reason } There is nothing left to do.
over-quiet = it has been quiet.
undone-title = There is nothing to take back
undone = It was taken back already, or has ended by itself.
silent-title = It is silent already
silent = { $who } silenced it until { $date }.
left-title = You are off the list already
left = Since { $date } no e-mails of team "{ $team }" go to { $who }.
forged-title = This link does not work
forged = It is not as it was sent: mail programs sometimes cut long links off. Open it from the e-mail again, or copy all of it. If it still does not work, those who run groundswell can do it for you.
expired-title = This link has expired
expired = It worked until { $date }. Take the newest e-mail about this alert, or ask those who run groundswell to type: { $command }
later-title = This did not work just now
later = Nothing was changed. Please try again in a minute; the link stays good.
nowhere-title = There is nothing here
nowhere = The links in groundswell's e-mails lead to pages here; this is none of them.
