//! The small words by which a short text shows its language: statistics over letters need more text than a post has.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Lang;

const LANGUAGES: [Lang; 7] =
    [Lang::English, Lang::Portuguese, Lang::Spanish, Lang::French, Lang::German, Lang::Italian, Lang::Dutch];
/// Words that stand in more than one list count for each.
const WORDS: [&str; 7] = [
    "the and is to of you it my in for on this that with are was have not be so at i your we just what why how all its im dont cant but they from will out up when if an me no anyone else still today thanks please never he she his her our us has had do does did been would could should can get got there their them who where than then now as by or about after since any some one only more too very really i'm it's don't can't won't isn't doesn't didn't that's i've you're love good great hate day work works working a off over again never always every before while away still been being because even much many first last next new old also make makes made need needs want wants like likes see says said thing things anybody nobody nothing everything something into through under without until than her error battery water light screen year month week minutes hours",
    "não nao você voce vc vcs uma um meu minha meus minhas com em do da dos das pra pro isso muito muita tá ta tô to foi são mais também tambem quem ele ela eles elas pelo pela ao à às já até nem só obrigado obrigada bom boa dia hoje ontem gente sem seu sua eu na no nas nos o a os as e é que de se me te por para mas como quando porque onde estou está estava tem tinha vou vai isto essa esse aqui agora ainda sempre nunca amo adoro gostei ruim nota nossa mesmo depois desde vocês voces cada toda todo nem embaixo tem está fica",
    "el los las y una un unos del con pero muy más mi mis es está qué por para lo la le su sus hoy ayer gracias hola buenos buenas días ya sin yo usted al esto esta este esa ese cuando porque ahora también tambien todo nada me te se que de no hay tengo estoy soy en o a como donde quien os vuestra vuestro nos tu tus ni si sí solo sólo nunca siempre desde hasta otra otro fue era han ha he son mucho mucha muchas muchos jajaja jaja cada cuando siempre nada hace sale tiene ojalá después aquí así",
    "le la les des est une un et je j pas c dans pour sur qui que vous nous avec mon ma mes ça ca du de au aux ce cette ces ne n il elle on mais ou où très trop être suis ai merci bonjour quand encore depuis toujours tout tous se s d l qu y en a à sont sa son ses leur votre notre vos nos plus moins bien fait faire si comme quel quelle jamais rien plusieurs sans sous chaque aucun aucune fois mdr ils elles été était moi toi aussi me te",
    "der die das und ist ich nicht ein eine einen den dem des mit auf für zu es von im in war aber auch so wie wir sie bei noch nur schon mein meine mir mich dich du dir habe hab hat kann wird sind oder wenn heute danke guten kein keine keinen zum zur seit nach was dass man er ihr euch euer eure uns doch mal ja nein mehr immer nie wieder warum wieso wo wer bin bist sehr einfach jetzt dann da hier am an als um vor über unter alles nichts gut geht macht viel bitte wäre ganz aus beim ohne durch alle jede jeden jedes diese dieser dieses jemand schön neue neuen alte steht läuft",
    "il lo la gli le un una di da del della che non è e per con sono ho mi ti si ma come anche più questo questa quello perché quando dove chi cosa sempre mai ancora oggi ieri grazie ciao molto bene tutto tutti niente al alla nel nella dal sul hai ha abbiamo siamo",
    "de het een en van ik je niet is dat op te zijn met voor er maar ook om aan wat als dan nog wel geen mijn ze hij wij jullie naar bij uit heb heeft hebben kan wordt worden deze dit die nu al zo waarom hoe waar wie vandaag gisteren altijd nooit bedankt hallo goed meer over",
];
/// More words than this do not make it surer.
const ENOUGH: usize = 40;

static LISTS: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let mut lists: HashMap<&'static str, u8> = HashMap::new();
    for (i, words) in WORDS.iter().enumerate() {
        for word in words.split(' ') {
            *lists.entry(word).or_default() |= 1 << i;
        }
    }
    lists
});

/// A small word of a language other than English that has the stem of this word there: as `leer` has in French with "les". It is
/// found in posts of that language wherever the small word stands.
pub fn twin(folded: &str) -> Option<(Lang, &'static str)> {
    if folded.chars().count() < 4 || LISTS.contains_key(folded) {
        return None;
    }
    let languages = LANGUAGES.into_iter().zip(WORDS).skip(1);
    languages.into_iter().find_map(|(lang, words)| {
        let stem = lang.stem(folded);
        let small = |word: &&str| word.chars().count() == 3 && word.is_ascii();
        let twin = words.split(' ').filter(small).find(|word| lang.stem(word) == stem)?;
        Some((lang, twin))
    })
}

/// The language whose small words stand most often in `text`, how many those are, and how many more than of any other.
/// Names, tags and links are not looked at.
pub(super) fn most(text: &str) -> Option<(Lang, usize, usize)> {
    let counts = counts(text);
    let (best, most) = counts.iter().enumerate().max_by_key(|(i, n)| (**n, std::cmp::Reverse(*i)))?;
    let second = counts.iter().enumerate().filter(|(i, _)| *i != best).map(|(_, n)| *n).max()?;
    (*most > 0).then(|| Some((*LANGUAGES.get(best)?, *most, most - second)))?
}

/// How many small words of `lang` stand in `text`.
pub(super) fn count(text: &str, lang: Lang) -> usize {
    counts(text).iter().zip(LANGUAGES).find(|(_, l)| *l == lang).map_or(0, |(n, _)| *n)
}

/// How many small words of each language stand in `text`.
fn counts(text: &str) -> [usize; 7] {
    let mut counts = [0usize; 7];
    let mut lower = String::new();
    let words = text
        .split_whitespace()
        .filter(|w| !w.starts_with(['@', '#']) && !w.contains("://"))
        .flat_map(|w| w.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’'));
    for word in words.filter(|w| !w.is_empty() && w.len() <= 16).take(ENOUGH) {
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }));
        // "c'est", "j'ai": the part before the apostrophe is a word of its own in French.
        let whole = LISTS.contains_key(lower.as_str());
        for part in lower.split(|c| c == '\'' && !whole) {
            let Some(lists) = LISTS.get(part) else { continue };
            for (i, count) in counts.iter_mut().enumerate() {
                *count += usize::from(lists & (1 << i) != 0);
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_one_language_may_be_a_small_one_of_another() {
        assert_eq!(twin("leer"), Some((Lang::French, "les")));
        assert_eq!(twin("lose").map(|t| t.1), Some("los"));
        for word in ["battery", "akku", "charger", "bremse", "keyboard", "leak", "dias"] {
            assert_eq!(twin(word), None, "{word}");
        }
    }

    #[test]
    fn small_words_tell() {
        assert_eq!(most("@el_los no sé qué hacer con el móvil").map(|m| m.0), Some(Lang::Spanish));
        assert_eq!(most("não sei o que fazer com o celular").map(|m| m.0), Some(Lang::Portuguese));
        assert_eq!(most("c’est nul").map(|m| m.0), Some(Lang::French));
        assert_eq!(most("xyz #the https://the.org/the"), None);
    }
}
