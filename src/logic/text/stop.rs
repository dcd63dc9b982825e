//! Words that say nothing about what a post is about.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{Lang, fold};

const ENGLISH: &str = "a about after again all also am an and any anyone are as at be because been before being but by can could did do does doing dont for from get gets getting go goes going got had has have having he her here hers him his how i id if ill im in into is isnt it its ive just know like me more most much my myself no nor not now of off ok on once one only or other our ours out over own please pls re really s same she should so some someone something still such t than thank thanks that thats the their them then there these they thing things this those through to too until up us ve very want was way we were what when where which while who whom why will with would wont cant didnt doesnt im youre you your yours yes hi hey hello lol ugh smh omg today yesterday tomorrow day time even ever never always";
const PORTUGUESE: &str = "a o as os um uma uns umas de do da dos das em no na nos nas por para pra pro com sem e ou mas que se ao aos à às é são era foi ser estar está estão tá eu tu ele ela eles elas nós vocês você me te lhe meu minha meus minhas seu sua seus suas isso isto esse essa esses essas este esta aquele aquela mais muito muita já não nem só também quando como onde porque quem qual tem têm tenho ter vai vou aí lá aqui sim oi gente hoje ontem sempre nunca";
const FRENCH: &str = "le la les un une des du de d l à au aux en et ou mais que qui quoi dont où ce cet cette ces se s ne n pas plus je j tu il elle on nous vous ils elles me m te t mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs est sont suis es êtes était être ai as a avons avez ont avoir pour par avec sans sur sous dans si y très tout tous toute toutes comme quand aussi bien ça cela c qu va vais fait faire oui non salut merci aujourd hui hier toujours jamais";
const SPANISH: &str = "el la los las un una unos unas de del a al en y e o u pero que se es son era fue ser estar está están estoy yo tú él ella ellos ellas nosotros me te le lo les mi mis tu tus su sus nuestro esto eso este esta ese esa estos estas más muy ya no ni sí si también cuando como donde porque quien cual con sin por para sobre hay tiene tengo tener va voy hoy ayer siempre nunca hola gracias";
const GERMAN: &str = "der die das den dem des ein eine einen einem einer eines und oder aber dass daß ich du er sie es wir ihr mich dich sich mir dir ihm ihnen mein meine meinen meinem meiner dein sein seine ihre unser euer ist sind war waren bin bist sein haben habe hat hatte wird werden wurde mit ohne für von vom zu zum zur im in an am auf aus bei nach um über unter als wie wenn weil was wer wo warum nicht kein keine nur auch noch schon sehr mehr so da hier dann denn mal ja nein hallo danke heute gestern immer nie";

/// By hash: the question is asked of every word of every post.
static STOP: LazyLock<FxHashSet<u64>> = LazyLock::new(|| {
    [
        (Lang::English, ENGLISH),
        (Lang::Portuguese, PORTUGUESE),
        (Lang::French, FRENCH),
        (Lang::Spanish, SPANISH),
        (Lang::German, GERMAN),
    ]
    .into_iter()
    .flat_map(|(lang, words)| words.split(' ').map(move |word| hash(&fold(word), lang)))
    .collect()
});

/// Whether a folded word is one of the function words of its language (English where the language is not known).
pub fn is_stop_word(folded: &str, lang: Lang) -> bool {
    let lang = if lang == Lang::Other { Lang::English } else { lang };
    folded.chars().nth(1).is_none() && folded.is_ascii() || STOP.contains(&hash(folded, lang))
}

fn hash(folded: &str, lang: Lang) -> u64 {
    xxh3_64_with_seed(folded.as_bytes(), lang as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_say_nothing() {
        assert!(is_stop_word("the", Lang::English) && is_stop_word("nao", Lang::Portuguese));
        assert!(!is_stop_word("keyboard", Lang::English));
    }
}
