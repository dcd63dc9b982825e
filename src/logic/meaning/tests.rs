use super::*;

fn meaning(words: &str) -> Vec<f32> {
    let mut sum = vec![0.0; dimensions()];
    words.split(' ').flat_map(pieces).for_each(|piece| add(piece, 1.0, &mut sum));
    let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    sum.into_iter().map(|x| x / norm).collect()
}

fn alike(a: &str, b: &str) -> f32 {
    meaning(a).iter().zip(meaning(b)).map(|(a, b)| a * b).sum()
}

#[test]
fn every_word_of_latin_letters_has_pieces() {
    assert_eq!(pieces("keyboard").len(), 1);
    assert!(pieces("keyboardgate").len() > 1);
    assert_eq!(pieces("клавиатура"), Vec::<Piece>::new());
    assert!(!pieces(&"x".repeat(10_000)).is_empty());
}

#[test]
fn only_one_table_is_used_and_it_has_to_be_one() {
    assert_eq!(choose(Model::BuiltIn), Ok(()));
    assert_eq!(choose(Model::File(b"GSMEAN1\n and nothing".to_vec())), Err(ModelError::Unreadable));
    assert_eq!(choose(Model::Off), Err(ModelError::TooLate));
    for cut in [0, 9, 100, BUILT_IN.len() / 2, BUILT_IN.len() - 1] {
        assert!(Table::read(&BUILT_IN[..cut]).is_none());
    }
}

#[test]
fn a_table_may_have_one_part_or_two() {
    let table = |form: &[u8], parts: &[u32], rows: usize| {
        let parts: Vec<u8> =
            parts.iter().flat_map(|d| [d.to_le_bytes(), 0.5f32.to_le_bytes()].concat()).collect();
        let key = [&[3][..], &(-2.0f32).to_le_bytes(), "▁".as_bytes()].concat();
        let bytes = [form, &1u32.to_le_bytes(), &parts, &key, &vec![255; rows]].concat();
        Table::read(bytes.leak())
    };
    let one = table(b"GSMEAN1\n", &[32], 32).unwrap();
    let two = table(b"GSMEAN2\n", &[32, 16], 49).unwrap();
    assert_eq!((one.dimensions(), two.dimensions(), two.first.dimensions), (32, 48, 32));
    assert_eq!((one.believed.len(), two.believed), (0, &[255][..]));
    assert_eq!(one.pieces_mark, two.pieces_mark, "the pieces are the same");
    for (parts, rows) in [([32, 16], 48), ([32, 16], 50), ([32, 12], 45), ([16, 32], 49), ([1024, 8], 1033)] {
        assert!(table(b"GSMEAN2\n", &parts, rows).is_none(), "{parts:?} {rows}");
    }
}

#[test]
fn what_the_second_part_does_not_know_weighs_as_much() {
    let length = |word: &str| {
        let mut sum = vec![0.0; dimensions()];
        pieces(word).into_iter().for_each(|piece| add(piece, 1.0, &mut sum));
        sum.iter().map(|x| x * x).sum::<f32>().sqrt()
    };
    let mean = |words: &[&str]| words.iter().map(|w| length(w)).sum::<f32>() / words.len() as f32;
    let english = mean(&["keyboard", "battery", "broken", "screen", "heavy", "apology", "river", "laugh"]);
    let others =
        mean(&["teclado", "batterie", "pantalla", "schwer", "fleuve", "lachen", "disculpa", "zerbrochen"]);
    assert!((english / others - 1.0).abs() < 0.35, "{english} {others}");
}

#[test]
fn languages_meet() {
    for (a, b) in [("keyboard", "teclado"), ("battery", "batterie"), ("pantalla rota", "broken screen")] {
        assert!(alike(a, b) > 0.4 && alike(a, b) > alike(a, "holiday") + 0.2, "{a} {b} {}", alike(a, b));
    }
}

#[test]
fn what_all_posts_share_is_taken_out() {
    let mut centre = Centre::default();
    for _ in 0..10_000 {
        centre.learn(&meaning("mini netbook"));
    }
    let mut rest = meaning("mini netbook");
    centre.subtract_from(&mut rest, &Centre::default());
    assert!(rest.iter().all(|x| x.abs() < 1e-2));
}
