//! Against `tools/tiny_encoder.py`, which computes the same by other means.

use super::*;

#[derive(serde::Deserialize)]
struct Expected {
    text: String,
    vector: Vec<f32>,
}

fn files() -> EncoderFiles {
    EncoderFiles {
        config: include_bytes!("../../../fixtures/encoder/config.json").to_vec(),
        tokenizer: include_bytes!("../../../fixtures/encoder/tokenizer.json").to_vec(),
        weights: include_bytes!("../../../fixtures/encoder/model.safetensors").to_vec(),
        pooling: None,
    }
}

fn expected() -> Vec<Expected> {
    serde_json::from_str(include_str!("../../../fixtures/encoder/expected.json")).unwrap()
}

fn error(files: &EncoderFiles) -> EncoderError {
    Encoder::read(files).err().unwrap()
}

fn with_config(key: &str, value: serde_json::Value) -> EncoderFiles {
    let mut config: serde_json::Value = serde_json::from_slice(&files().config).unwrap();
    config[key] = value;
    EncoderFiles { config: serde_json::to_vec(&config).unwrap(), ..files() }
}

#[test]
fn vectors_are_those_of_the_script() {
    let encoder = Encoder::read(&files()).unwrap();
    assert_eq!(encoder.dimensions(), 32);
    for Expected { text, vector } in expected() {
        let found = encoder.encode(&text);
        assert_eq!(found.len(), vector.len());
        for (found, expected) in found.iter().zip(&vector) {
            assert!((found - expected).abs() < 1e-4, "{text}: {found} {expected}");
        }
    }
}

#[test]
fn the_same_text_has_the_same_vector_in_every_thread_and_every_process() {
    let encoder = Encoder::read(&files()).unwrap();
    let texts: Vec<String> = (0..200).map(|i| format!("the key broke off after {i} days")).collect();
    let first: Vec<_> = texts.iter().map(|t| encoder.encode(t)).collect();
    let again = Encoder::read(&files()).unwrap();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for (text, vector) in texts.iter().zip(&first) {
                    assert_eq!(again.encode(text), *vector);
                }
            });
        }
    });
}

#[test]
fn the_first_piece_can_stand_for_the_text() {
    let pooling = |json: &str| EncoderFiles { pooling: Some(json.as_bytes().to_vec()), ..files() };
    let mean = Encoder::read(&pooling(r#"{"pooling_mode_mean_tokens": true}"#)).unwrap();
    let first = Encoder::read(&pooling(r#"{"pooling_mode_cls_token": true}"#)).unwrap();
    assert_eq!(mean.encode("screen"), Encoder::read(&files()).unwrap().encode("screen"));
    assert_ne!(mean.encode("screen"), first.encode("screen"));
    assert_ne!(mean.mark(), first.mark());
    assert_eq!(error(&pooling(r#"{"pooling_mode_max_tokens": true}"#)), EncoderError::Pooling);
}

#[test]
fn a_unigram_tokenizer_is_read_too() {
    let tokenizer = serde_json::json!({
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
        "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁tec", -2.0], ["lado", -2.0], ["▁", -9.0]]},
    });
    let files = EncoderFiles { tokenizer: serde_json::to_vec(&tokenizer).unwrap(), ..files() };
    let encoder = Encoder::read(&files).unwrap();
    assert_eq!(encoder.tokenizer.encode_fast("teclado", true).unwrap().get_ids(), [1, 2]);
    assert_eq!(encoder.encode("teclado").len(), 32);
    assert!(encoder.encode("").is_empty());
}

#[test]
fn files_cut_off_are_told_by_name() {
    let whole = files();
    for cut in [0, 4, 100, whole.weights.len() / 2, whole.weights.len() - 1] {
        let found = error(&EncoderFiles { weights: whole.weights[..cut].to_vec(), ..files() });
        assert!(matches!(found, EncoderError::Weights(WeightsError::Damaged(_))), "{cut}: {found}");
        assert!(found.to_string().starts_with("model.safetensors cannot be read"));
    }
    for cut in [0, 100, whole.tokenizer.len() / 2] {
        let found = error(&EncoderFiles { tokenizer: whole.tokenizer[..cut].to_vec(), ..files() });
        assert!(matches!(found, EncoderError::Tokenizer(_)), "{cut}: {found}");
    }
    let found = error(&EncoderFiles { config: b"{".to_vec(), ..files() });
    assert!(matches!(found, EncoderError::Config(_)), "{found}");
}

#[test]
fn what_cannot_be_computed_is_said() {
    for (key, value) in [
        ("model_type", "mpnet".into()),
        ("hidden_act", "relu".into()),
        ("position_embedding_type", "relative_key".into()),
    ] {
        let found = error(&with_config(key, value)).to_string();
        assert!(found.contains(key), "{found}");
    }
    for (key, value) in [
        ("hidden_size", 0),
        ("hidden_size", 36),
        ("num_attention_heads", 5),
        ("num_hidden_layers", 1_000_000),
    ] {
        assert!(matches!(error(&with_config(key, value.into())), EncoderError::Config(_)), "{key} {value}");
    }
    let found = error(&with_config("num_hidden_layers", 3.into()));
    assert!(matches!(found, EncoderError::Weights(WeightsError::Missing(_))), "{found}");
    let found = error(&with_config("intermediate_size", 64.into()));
    assert!(matches!(found, EncoderError::Weights(WeightsError::Shape { .. })), "{found}");
}

#[test]
fn tokenizer_and_weights_are_of_one_model() {
    let tokenizer = String::from_utf8(files().tokenizer).unwrap();
    let more = tokenizer.replace(r#""[PAD]": 0"#, r#""[PAD]": 0, "more": 4711, "still more": 4712"#);
    let found = error(&EncoderFiles { tokenizer: more.into_bytes(), ..files() });
    assert!(matches!(found, EncoderError::Strangers { .. }), "{found}");
}
